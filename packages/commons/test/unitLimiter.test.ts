import { ReadUnitLimiter, UnitLimiter } from '../src/index.js';

/** Time that passes only while somebody waits for it. */
class VirtualClock {
  #now = 0;
  readonly now = (): number => this.#now;
  readonly sleep = async (milliseconds: number, signal: AbortSignal | undefined): Promise<void> => {
    signal?.throwIfAborted();
    const end = this.#now + milliseconds;
    await Promise.resolve();
    this.#now = Math.max(this.#now, end);
  };
}

const never = new AbortController().signal;

describe('ReadUnitLimiter', () => {
  /** Reads `pages` pages in each of some readers; when the reading ends, in seconds. */
  const read = async (unitsPerSecond: number, readers: number, pages: number, units: number): Promise<number> => {
    const clock = new VirtualClock();
    const limiter = new ReadUnitLimiter(unitsPerSecond, clock);
    await Promise.all(
      Array.from({ length: readers }, async () => {
        for (let page = 0; page < pages; page++) {
          await limiter.turn(never);
          limiter.spent(units, 1000);
        }
      }),
    );
    return clock.now() / 1000;
  };

  it.each([
    [1, 20],
    [4, 5],
    [20, 1],
  ])('holds %d readers together below the rate', async (readers, pages) => {
    const seconds = await read(512, readers, pages, 256);
    // 20 pages of half a second each, of which the last is paid for afterwards.
    expect(seconds).toBeCloseTo(9.5);
  });

  it('waits for what a request really cost, be it more or less than expected', async () => {
    await expect(read(512, 1, 11, 64)).resolves.toBeCloseTo(1.25);
    await expect(read(100, 1, 11, 200)).resolves.toBeCloseTo(20);
  });

  it('asks for no more items than a second pays for, by what items cost before', async () => {
    const limiter = new ReadUnitLimiter(100, new VirtualClock());
    await expect(limiter.turn(never)).resolves.toBe(100);
    limiter.spent(5, 50);
    await expect(limiter.turn(never)).resolves.toBe(1000);
    limiter.spent(100_000, 1000);
    await expect(limiter.turn(never)).resolves.toBe(1);
    await expect(new ReadUnitLimiter(1000, new VirtualClock()).turn(never)).resolves.toBeUndefined();
  });

  it('waits no longer when it is aborted', async () => {
    const limiter = new ReadUnitLimiter(1);
    const abortion = new AbortController();
    await limiter.turn(abortion.signal);
    limiter.spent(1_000_000, 1);
    const waiting = limiter.turn(abortion.signal);
    abortion.abort();
    await expect(waiting).rejects.toMatchObject({ name: 'AbortError' });
  });
});

describe('UnitLimiter', () => {
  it('waits for what requests were expected to cost, and what they cost beyond that', async () => {
    const limiter = new UnitLimiter(10, new VirtualClock());
    await limiter.turn(5);
    expect(limiter.clock.now()).toBe(0);
    await limiter.turn(5);
    expect(limiter.clock.now()).toBe(500);
    limiter.spent(25, 5);
    await limiter.turn(1);
    expect(limiter.clock.now()).toBe(3000);
  });
});
