import { once } from 'node:events';
import { createServer } from 'node:net';

import { reservePort } from '../src/freePort.js';

const randomInt = jest.fn<number, [number, number]>();

jest.mock('node:crypto', () => ({ randomInt: (min: number, max: number) => randomInt(min, max) }));

/** Lets `reservePort` try these ports, in this order. */
const tryPorts = (...ports: number[]): void => {
  randomInt.mockReset();
  for (const port of ports) randomInt.mockReturnValueOnce(port / 2);
};

/** Free here and now, and even. */
const findPorts = async (count: number): Promise<number[]> => {
  const { randomInt: actual } = jest.requireActual<typeof import('node:crypto')>('node:crypto');
  randomInt.mockImplementation(actual);
  const reserved = await Promise.all(Array.from({ length: count }, reservePort));
  await Promise.all(reserved.map(({ release }) => release()));

  return reserved.map(({ port }) => port);
};

describe('reservePort', () => {
  it.each([undefined, '127.0.0.1'])('passes over a port that somebody listens on (host %s)', async host => {
    const [taken, free] = (await findPorts(2)) as [number, number];
    const server = createServer().listen(taken, host);
    await once(server, 'listening');
    tryPorts(taken, free);

    const { port, release } = await reservePort();

    expect(port).toBe(free);
    await release();
    server.close();
  });

  it('passes over a port that is reserved and that nobody listens on yet, until it is released', async () => {
    const [first, second] = (await findPorts(2)) as [number, number];
    tryPorts(first, first, second, first);

    const one = await reservePort();
    const other = await reservePort();
    await one.release();
    const again = await reservePort();

    expect([one.port, other.port, again.port]).toEqual([first, second, first]);
    await Promise.all([other.release(), again.release()]);
  });

  it('gives up with the reason if no port can be had', async () => {
    const [taken] = (await findPorts(1)) as [number];
    const server = createServer().listen(taken);
    await once(server, 'listening');
    randomInt.mockReset().mockReturnValue(taken / 2);

    await expect(reservePort()).rejects.toMatchObject({ code: 'EADDRINUSE' });
    server.close();
  });
});
