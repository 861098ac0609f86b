import { BackOff } from '../src/client/backOff.js';

describe("The client's back-off", () => {
  let now = 0;
  beforeEach(() => {
    jest.spyOn(Math, 'random').mockReturnValue(1);
    jest.spyOn(performance, 'now').mockImplementation(() => now);
  });
  afterEach(() => jest.restoreAllMocks());

  it('doubles up to 15 seconds, also for connections that do not last', () => {
    const backOff = new BackOff();
    const delays = Array.from({ length: 9 }, () => {
      backOff.live();
      now += 9_000;
      return backOff.next();
    });
    expect(delays).toEqual([250, 500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000, 15_000]);
  });

  it('starts anew after a connection that lasted, or brought something new', () => {
    const backOff = new BackOff();
    expect([backOff.next(), backOff.next()]).toEqual([250, 500]);
    backOff.live();
    now += 10_000;
    expect([backOff.next(), backOff.next()]).toEqual([250, 500]);
    backOff.progress();
    expect(backOff.next()).toBe(250);
  });

  it('stays at its longest wait however often it fails', () => {
    const backOff = new BackOff();
    for (let failure = 0; failure < 2_000; failure++) backOff.next();
    expect(backOff.next()).toBe(15_000);
  });
});
