import type { Repository } from './repository.js';
import { gitOutput } from './runGit.js';

const LINE_END = 0x0a;

/**
 * The lines of blobs, as git counts them: an unterminated last line is one. For those files that git itself
 * does not count because it takes them for binary.
 *
 * @returns the number of lines by the blob's object id.
 */
export const countBlobLines = async (
  { folder }: Repository,
  blobIds: ReadonlySet<string>,
  signal?: AbortSignal,
): Promise<Map<string, number>> => {
  const lines = new Map<string, number>();
  if (blobIds.size === 0) return lines;

  // For each blob: "<id> blob <size>", a line end, its bytes, a line end.
  const request = [...blobIds].map(id => `${id}\n`);
  const output = gitOutput(folder, ['cat-file', '--batch'], { input: request, signal });
  let header = '';
  let blob: { id: string; bytesLeft: number; lines: number; lastByte: number } | undefined;

  for await (const chunk of output) {
    let position = 0;
    while (position < chunk.length) {
      if (blob === undefined) {
        const end = chunk.indexOf(LINE_END, position);
        header += chunk.toString('latin1', position, end === -1 ? chunk.length : end);
        position = end === -1 ? chunk.length : end + 1;
        if (end === -1) continue;
        blob = { ...parseHeader(header), lines: 0, lastByte: LINE_END };
        header = '';
      } else if (blob.bytesLeft > 0) {
        const bytes = chunk.subarray(position, position + blob.bytesLeft);
        for (let at = bytes.indexOf(LINE_END); at !== -1; at = bytes.indexOf(LINE_END, at + 1)) blob.lines += 1;
        blob.lastByte = bytes[bytes.length - 1] ?? LINE_END;
        blob.bytesLeft -= bytes.length;
        position += bytes.length;
      } else {
        lines.set(blob.id, blob.lines + (blob.lastByte === LINE_END ? 0 : 1));
        blob = undefined;
        position += 1;
      }
    }
  }
  return lines;
};

const parseHeader = (header: string): { id: string; bytesLeft: number } => {
  const [id, type, size] = header.split(' ');
  if (id === undefined || type !== 'blob' || size === undefined) {
    throw new Error(`git cat-file answered ${JSON.stringify(header)} when it was asked for a blob.`);
  }
  return { id, bytesLeft: Number(size) };
};
