import { createInterface } from 'node:readline/promises';

import { plainText } from '../output/plainText.js';
import type { Terminal } from '../output/printer.js';

/**
 * Asks whoever sits at the terminal, on standard error; undefined if nobody does, as in a pipe, or the answer is the end of
 * the input. Ctrl-C interrupts the command.
 */
export const askFor = async (
  { stdin, stderr }: Pick<Terminal, 'stdin' | 'stderr'>,
  question: string,
  signal: AbortSignal,
): Promise<string | undefined> => {
  if (stdin.isTTY !== true || stderr.isTTY !== true) return undefined;
  // Without the line editor the terminal stays as it is, and sends the signal of Ctrl-C.
  const lines = createInterface({ input: stdin, terminal: false });
  const end = () => lines.close();
  signal.addEventListener('abort', end, { once: true });
  try {
    stderr.write(plainText(question));
    for await (const line of lines) return line.trim();
    return undefined;
  } finally {
    signal.removeEventListener('abort', end);
    lines.close();
  }
};
