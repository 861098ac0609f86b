import { execFileSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';

/** A process by its id and command line, its supervisor before the engine. */
export interface RunningProcess {
  pid: number;
  commandLine: string;
}

/** All processes that name the endpoint's port: the process that supervises the engine, and the engine. */
export const processesOf = (endpoint: string): RunningProcess[] => {
  const { port } = new URL(endpoint);
  const lines = execFileSync('ps', ['-A', '-ww', '-o', 'pid=,args='], { encoding: 'utf8' }).split('\n');

  return lines
    .map(line => /^\s*(\d+) (.*)$/.exec(line))
    .flatMap(match => (match?.[2] === undefined ? [] : { pid: Number(match[1]), commandLine: match[2] }))
    .filter(({ commandLine }) => new RegExp(`\\b${port}\\b`).test(commandLine))
    .toSorted((left, right) => Number(isSupervisor(right)) - Number(isSupervisor(left)));
};

const isSupervisor = ({ commandLine }: RunningProcess): boolean => commandLine.includes('superviseEngine');

/** Waits for the processes to go; resolves with those that did not. */
export const processesLeftOf = async (endpoint: string): Promise<RunningProcess[]> => {
  for (let attempt = 0; attempt < 100 && processesOf(endpoint).length > 0; attempt++) await sleep(100);

  return processesOf(endpoint);
};
