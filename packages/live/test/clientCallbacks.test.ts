import { eventually } from '@castore-dynamodb/testing/eventually';

import { type LiveState, subscribe } from '../src/client/index.js';
import { startScriptedFeed } from './support/scriptedFeed.js';
import { describeTransports } from './support/transports.js';

const revoked = (() => {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
})();

/** Those that are waiting. */
const timers = (): number => process.getActiveResourcesInfo().filter(name => name === 'Timeout').length;

describe("A callback of the client's", () => {
  const warnings: string[] = [];
  beforeEach(() => {
    warnings.length = 0;
    jest.spyOn(process, 'emitWarning').mockImplementation(warning => void warnings.push(String(warning)));
    jest.spyOn(Math, 'random').mockReturnValue(0.01);
  });
  afterEach(() => jest.restoreAllMocks());

  const throwIt = (thrown: unknown) => (): never => {
    throw thrown;
  };
  const CALLBACKS: [what: string, callback: () => unknown][] = [
    ['throw', throwIt(new TypeError('no such element'))],
    ['throw what cannot be shown', throwIt(revoked)],
    ['reject', async () => throwIt(new TypeError('no such element'))()],
    // biome-ignore lint/suspicious/noThenProperty: that is what is tested
    // oxlint-disable-next-line unicorn/no-thenable
    ['return a promise that is none', () => ({ then: throwIt(new TypeError('no such element')) })],
  ];

  describeTransports(() => {
    it.each(CALLBACKS)('may %s: it is a warning, and events go on', async (_, callback) => {
      await using feed = await startScriptedFeed((connection, number) => {
        connection.subscribed();
        connection.event(number);
        if (number < 3) connection.end();
      });
      const subscription = subscribe({ url: feed.url, onState: callback, onError: callback });
      const versions: number[] = [];
      for await (const { event } of subscription) if (versions.push(event.version) === 3) break;
      expect(versions).toEqual([1, 2, 3]);
      await eventually(() => expect(warnings.some(text => text.startsWith('onError threw '))).toBe(true));
      expect(warnings.some(text => text.startsWith('onState threw '))).toBe(true);
    });

    it.each<LiveState | 'error'>(['connecting', 'live', 'reconnecting', 'error'])(
      'may close the subscription at "%s": nothing goes on',
      async at => {
        const before = timers();
        await using feed = await startScriptedFeed(connection => {
          connection.subscribed();
          connection.end();
        });
        const states: LiveState[] = [];
        const subscription = subscribe({
          url: feed.url,
          onState: state => {
            states.push(state);
            if (state === at) subscription.close();
          },
          onError: () => at === 'error' && subscription.close(),
        });
        expect(await subscription.next()).toEqual({ done: true, value: undefined });
        const all: LiveState[] = ['connecting', 'live', 'reconnecting'];
        expect(states).toEqual([...all.slice(0, at === 'error' ? 2 : all.indexOf(at) + 1), 'closed']);
        await eventually(() => expect(timers()).toBeLessThanOrEqual(before));
        expect(feed.connections).toBe(at === 'connecting' ? 0 : 1);
      },
    );
  });
});
