/** Events of the log up to `next`; without a message if none of them is wanted. */
export interface Frame {
  readonly message: Buffer | undefined;
  readonly next: number;
}

/** Frames that are kept: those of the last pages, for each kind of subscriber. */
const MAX_FRAMES = 64;

/** Messages that many subscribers get, made once. */
export class FrameCache {
  readonly #frames = new Map<string, Frame>();

  get(key: string, compose: () => Frame): Frame {
    const known = this.#frames.get(key);
    if (known !== undefined) return known;
    const frame = compose();
    this.#frames.set(key, frame);
    if (this.#frames.size > MAX_FRAMES) this.#frames.delete(this.#frames.keys().next().value as string);
    return frame;
  }
}
