import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const PROGRAM = fileURLToPath(new URL('../worker/responsesServer.js', import.meta.url));

/** Starts the process that answers with the prepared responses in a folder. */
export const startResponsesServer = async (folder: string): Promise<{ endpoint: string; stop: () => void }> => {
  const server = fork(PROGRAM, [folder]);
  const [port] = (await once(server, 'message')) as [number];
  return { endpoint: `http://127.0.0.1:${port}`, stop: () => server.disconnect() };
};
