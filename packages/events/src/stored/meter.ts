import { isThrottled, ReadUnitLimiter, retry, UnitLimiter } from '@castore-dynamodb/commons';

const BACK_OFF = { firstDelayMs: 50, maxDelayMs: 5_000 };

/** A request that found no capacity is sent again for as long as it takes: nothing is lost by waiting. */
const unlessThrottled = <RESULT>(send: () => Promise<RESULT>): Promise<RESULT> =>
  retry({ ...BACK_OFF, maxAttempts: Number.POSITIVE_INFINITY, isWorthRepeating: isThrottled }, send);

/** Counts what the requests of a call cost, and keeps them below its bounds. */
export class Meter {
  readUnits = 0;
  writeUnits = 0;
  #lastRead = 1;
  readonly #reads: ReadUnitLimiter | undefined;
  readonly #writes: UnitLimiter | undefined;

  constructor(options: { readUnitsPerSecond?: number | undefined; writeUnitsPerSecond?: number | undefined }) {
    const { readUnitsPerSecond, writeUnitsPerSecond } = options;
    this.#reads = readUnitsPerSecond === undefined ? undefined : new ReadUnitLimiter(readUnitsPerSecond);
    this.#writes = writeUnitsPerSecond === undefined ? undefined : new UnitLimiter(writeUnitsPerSecond);
  }

  /** Reads a page, of no more items than the bound allows. */
  async read<PAGE extends { readonly readUnits: number; readonly count: number }>(
    send: (limit: number | undefined) => Promise<PAGE>,
  ): Promise<PAGE> {
    // Most reads of aggregates cost alike; a full page is not to be expected each time.
    const expected = this.#lastRead;
    const limit = await this.#reads?.turn(undefined, expected);
    const page = await unlessThrottled(() => send(limit));
    this.#reads?.spent(page.readUnits, page.count, expected);
    this.#lastRead = Math.max(1, page.readUnits);
    this.readUnits += page.readUnits;
    return page;
  }

  /** @param expected the units that the write will cost, about */
  async write<RESULT extends { readonly writeUnits: number }>(
    expected: number,
    send: () => Promise<RESULT>,
  ): Promise<RESULT> {
    await this.#writes?.turn(expected);
    const result = await unlessThrottled(send);
    this.#writes?.spent(result.writeUnits, expected);
    this.writeUnits += result.writeUnits;
    return result;
  }
}
