import { execFileSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';

/** The command lines of all processes that name the endpoint's port: the engine, and the process that keeps it. */
export const processesOf = (endpoint: string): string[] => {
  const { port } = new URL(endpoint);
  const commandLines = execFileSync('ps', ['-A', '-ww', '-o', 'args='], { encoding: 'utf8' }).split('\n');

  return commandLines.filter(commandLine => new RegExp(`\\b${port}\\b`).test(commandLine));
};

/** Waits for the processes to go; resolves with those that did not. */
export const processesLeftOf = async (endpoint: string): Promise<string[]> => {
  for (let attempt = 0; attempt < 100 && processesOf(endpoint).length > 0; attempt++) await sleep(100);

  return processesOf(endpoint);
};
