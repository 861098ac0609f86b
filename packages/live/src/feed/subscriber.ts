import { withDeadline } from '@castore-dynamodb/commons';

import { isAfter } from '../protocol/position.js';
import type { ConnectionEnd } from '../protocol/protocol.js';
import { TIMES } from '../times.js';
import type { LogEntry } from './eventLog.js';
import type { Format, Outgoing } from './formats.js';
import type { Frame, FrameCache } from './frameCache.js';
import type { Interest } from './interests.js';
import type { StreamTail } from './streamTail.js';

/** A client's end of a connection. */
export interface Connection {
  readonly format: Format;
  /** Resolves when the network has taken the message; rejects if the connection is gone. */
  send(message: Buffer): Promise<void>;
  /** Tells the client why, as far as it still listens, and closes. */
  end(end: ConnectionEnd): void;
}

/** Of a frame with events: enough for a page, and not so much that it holds up others. */
const MAX_FRAME_EVENTS = 500;
const MAX_FRAME_LENGTH = 256 * 1024;

/**
 * One client that gets events. It takes them out of the log at its own pace, one message at a time: what it has not read
 * waits in the log, and is no one else's burden.
 */
export class Subscriber {
  readonly interest: Interest;
  /** For one that begins where the log does not: how far it has come in each shard. */
  readonly cursors = new Map<string, string | undefined>();
  readonly #connection: Connection;
  readonly #tail: StreamTail;
  readonly #frames: FrameCache;
  #index: number | undefined;
  #isPumping = false;
  #isClosed = false;
  #isIdle = true;

  constructor(connection: Connection, interest: Interest, tail: StreamTail, frames: FrameCache) {
    this.#connection = connection;
    this.interest = interest;
    this.#tail = tail;
    this.#frames = frames;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  close(): void {
    this.#isClosed = true;
  }

  end(end: ConnectionEnd): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#connection.end(end);
  }

  /** @param position where it says that it is */
  async welcome(position: string): Promise<void> {
    await this.#send(this.#connection.format.subscribed(position));
  }

  /** Takes everything from an index of the log on. */
  follow(index: number): void {
    this.#index = index;
    this.wake();
  }

  /** Whether the log has everything that comes after its cursors. */
  get isCovered(): boolean {
    return [...this.#tail.log.evicted].every(([shard, sequenceNumber]) => this.#hasSeen({ shard, sequenceNumber }));
  }

  /** Takes everything in the log that comes after its cursors. */
  followAfterCursors(): void {
    this.follow(this.#tail.log.start);
  }

  /** There may be something in the log. */
  wake(): void {
    if (this.#isPumping || this.#isClosed || this.#index === undefined) return;
    this.#isPumping = true;
    void this.#pump().finally(() => (this.#isPumping = false));
  }

  /** Events that are not from the log. Resolves when they are gone out, or the subscriber is. */
  async show(events: readonly Outgoing[]): Promise<void> {
    if (events.length > 0) await this.#send(this.#connection.format.events(events));
  }

  /** A sign of life, unless something was sent since the last one. */
  beat(): void {
    const isIdle = this.#isIdle;
    this.#isIdle = true;
    if (!isIdle || this.#isClosed || this.#isPumping || this.#index !== this.#tail.log.end) return;
    this.#isPumping = true;
    void this.#send(this.#connection.format.position(this.#tail.position)).finally(() => {
      this.#isPumping = false;
      this.wake();
    });
  }

  async #pump(): Promise<void> {
    const { log } = this.#tail;
    while (!this.#isClosed && this.#index !== undefined && this.#index < log.end) {
      if (this.#index < log.start) return this.end({ reason: 'TooSlow' });
      const { message, next } = this.#nextFrame(this.#index);
      if (message !== undefined) await this.#send(message);
      this.#index = next;
    }
    if (this.cursors.size > 0) this.#forgetCursors();
  }

  /** From where the tail has come to where this subscriber was, it needs no more than its index. */
  #forgetCursors(): void {
    for (const [shard, cursor] of this.cursors) if (this.#tail.isPast(shard, cursor)) this.cursors.delete(shard);
  }

  #nextFrame(index: number): Frame {
    if (this.cursors.size > 0) return this.#composeFrame(index, entry => !this.#hasSeen(entry));
    const { id } = this.interest;
    return this.#frames.get(`${this.#connection.format.name} ${id} ${index} ${this.#tail.log.end}`, () =>
      this.#composeFrame(index, () => true),
    );
  }

  #composeFrame(index: number, isNew: (entry: LogEntry) => boolean): Frame {
    const { log } = this.#tail;
    const events: LogEntry[] = [];
    let [next, length] = [index, 0];
    while (next < log.end && events.length < MAX_FRAME_EVENTS && length < MAX_FRAME_LENGTH) {
      const entry = log.get(next++);
      if (!this.interest.wants(entry) || !isNew(entry)) continue;
      events.push(entry);
      length += entry.json.length + entry.position.length;
    }
    return { message: events.length > 0 ? this.#connection.format.events(events) : undefined, next };
  }

  /** Who has begun a shard is done with those that it came of. */
  #hasSeen({ shard, sequenceNumber }: Pick<LogEntry, 'shard' | 'sequenceNumber'>): boolean {
    if (this.cursors.has(shard)) return !isAfter(sequenceNumber, this.cursors.get(shard));
    return this.#tail.lineage.ancestorsOf(this.cursors.keys()).has(shard);
  }

  async #send(message: Buffer): Promise<void> {
    if (this.#isClosed) return;
    this.#isIdle = false;
    try {
      await withDeadline({ operation: 'A client', milliseconds: TIMES.stall }, () => this.#connection.send(message));
    } catch {
      this.end({ reason: 'TooSlow' });
    }
  }
}
