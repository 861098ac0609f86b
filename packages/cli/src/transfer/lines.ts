import { createGunzip } from 'node:zlib';

/** Longer than any event of 400 KB is as JSON, escapes included: what has no end by then is no export. */
const MAX_LINE_SIZE = 16 * 1024 * 1024;

const LINE_FEED = 0x0a;

/** The lines of a text that comes in pieces, without their ends; what is after the last end is told by `isWhole`. */
export async function* linesOf(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<{ text: string; isWhole: boolean }> {
  let rest: Buffer[] = [];
  let size = 0;
  for await (const piece of pieces) {
    const buffer = Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
    let start = 0;
    for (let end = buffer.indexOf(LINE_FEED); end !== -1; end = buffer.indexOf(LINE_FEED, start)) {
      rest.push(buffer.subarray(start, end));
      yield { text: Buffer.concat(rest).toString(), isWhole: true };
      rest = [];
      size = 0;
      start = end + 1;
    }
    if (start === buffer.length) continue;
    // A copy: the piece may be written over when the next one comes.
    rest.push(Buffer.from(buffer.subarray(start)));
    size += buffer.length - start;
    if (size > MAX_LINE_SIZE) throw new SyntaxError('A line is longer than any event.');
  }
  if (size > 0) yield { text: Buffer.concat(rest).toString(), isWhole: false };
}

/** What gzip made smaller, as it was; anything else as it is. Told by its first two bytes. */
export async function* unzipped(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const iterator = pieces[Symbol.asyncIterator]();
  const first = await iterator.next();
  if (first.done === true) return;
  const all = async function* (): AsyncGenerator<Uint8Array> {
    yield first.value;
    yield* { [Symbol.asyncIterator]: () => iterator };
  };
  if (first.value[0] !== 0x1f || first.value[1] !== 0x8b) {
    yield* all();
    return;
  }
  const { pipeline, Readable } = await import('node:stream');
  const gunzip = createGunzip();
  // Its error, or that of what it reads, comes to whoever reads it.
  pipeline(Readable.from(all()), gunzip, () => {});
  yield* gunzip as AsyncIterable<Uint8Array>;
}
