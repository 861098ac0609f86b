import type { Writable } from 'node:stream';

import { CommandFailedError } from '../errors.js';

/** Resolves when a text is written, which waits if whoever reads is slow. @throws CommandFailedError */
export const writeOut = (stdout: Writable, chunk: string | Uint8Array): Promise<void> =>
  new Promise((resolve, reject) => {
    stdout.write(chunk, error => {
      if (!error) return resolve();
      const failure = new CommandFailedError(`The output cannot be written. ${error.message}`, { cause: error });
      // After the listeners of the stream, which decide what a closed pipe and a full disk mean.
      setImmediate(reject, failure);
    });
  });
