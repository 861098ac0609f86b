import type { AvailableEngine } from '../src/engines.js';
import { startEngine } from '../src/startEngine.js';
import { processesLeftOf } from './programs/processes.js';

/** An engine that is a Node program, another one on each start; notes the ports that it is given. */
const engineOf = (ports: number[], ...programs: ((port: number) => string)[]): AvailableEngine => ({
  name: 'dynoxide',
  programFor: port => {
    ports.push(port);
    const program = programs[ports.length - 1] ?? (() => 'console.error(`one start too many`); process.exit(1)');

    return { file: process.execPath, args: ['-e', program(port)] };
  },
});

const answers = (port: number) =>
  `require('node:http').createServer((_, response) => response.end('{}')).listen(${port}, '127.0.0.1')`;

const fails = (port: number) =>
  `console.error('no space left');
  require('node:http').createServer((_, response) => response.writeHead(500).end('<html>')).listen(${port}, '127.0.0.1')`;

const ends = (port: number) => `console.error('port ${port} is taken'); process.exit(1)`;

const staysSilent = (port: number) => `console.error('thinking about ${port}'); setInterval(() => undefined, 1000)`;

it('an engine that ends, as it does when its port is taken meanwhile, is started again on another port', async () => {
  const ports: number[] = [];
  const { endpoint, stop } = await startEngine(engineOf(ports, ends, ends, answers));

  expect(new Set(ports).size).toBe(3);
  expect(endpoint).toBe(`http://127.0.0.1:${ports[2]}`);
  expect((await fetch(endpoint)).status).toBe(200);
  await stop();
});

it('an engine that always ends is given up, with what it wrote', async () => {
  const ports: number[] = [];

  await expect(startEngine(engineOf(ports, ends, ends, ends))).rejects.toMatchObject({
    code: 'EngineStartError',
    output: expect.stringMatching(/^port \d+ is taken$/),
  });
  expect(ports).toHaveLength(3);
});

it('an engine that answers and can do nothing is ended, and not started again', async () => {
  const ports: number[] = [];

  await expect(startEngine(engineOf(ports, fails))).rejects.toMatchObject({
    code: 'EngineStartError',
    message: 'dynoxide cannot list its tables. It wrote:\nno space left',
  });
  expect(ports).toHaveLength(1);
  expect(await processesLeftOf(`http://127.0.0.1:${ports[0]}`)).toEqual([]);
});

it('an engine that stays silent is ended, and not started again', async () => {
  const ports: number[] = [];

  await expect(startEngine(engineOf(ports, staysSilent), 3_000)).rejects.toMatchObject({
    code: 'EngineStartError',
    message: expect.stringMatching(/^dynoxide did not answer within 3 seconds. It wrote:\nthinking about \d+$/),
  });
  expect(ports).toHaveLength(1);
  expect(await processesLeftOf(`http://127.0.0.1:${ports[0]}`)).toEqual([]);
});
