import { eventually } from '@castore-dynamodb/testing/eventually';

import type { LiveError, SubscribeOptions } from '../src/client/index.js';
import { describeFeed } from './support/describeFeed.js';
import { describeTransports } from './support/transports.js';

const KINDS: [filters: unknown, message: string][] = [
  [['all'], 'Invalid filters[0]: expected an object, got "all".'],
  [
    [{}, { typ: 'A' }],
    'Invalid filters[1]: there is no such key as "typ". The keys are eventStoreId, aggregateId, type.',
  ],
  [[{ type: 5 }], 'Invalid filters[0].type: expected a string, a list of strings or { regexp }, got 5.'],
  [[{ type: /A/ }], 'Invalid filters[0].type: expected a string, a list of strings or { regexp }, got an object.'],
  [[{ type: ['A', 5] }], 'Invalid filters[0].type: expected a list of strings, got an array.'],
  [Array.from({ length: 21 }, () => ({})), 'Invalid filters: there are more than 20.'],
  [[{ aggregateId: Array.from({ length: 201 }, String) }], 'Invalid filters: they list more than 200 values.'],
  [Array.from({ length: 11 }, () => ({ type: { regexp: 'A' } })), 'Invalid filters: there are more than 10 regexps.'],
  [[{ type: { regexp: 'A'.repeat(257) } }], 'Invalid filters[0].type.regexp: it has more than 256 characters.'],
  [[{ type: { regexp: '(' } }], 'Invalid filters[0].type.regexp: RE2JSSyntaxException: '],
  [[{ type: { regexp: '(?=A)' } }], 'Invalid filters[0].type.regexp: RE2JSSyntaxException: '],
];

describeFeed('a subscription that is refused', ({ startFeed, follow }) => {
  describeTransports(() => {
    it('says what is wrong with its filters', async () => {
      const { url } = await startFeed();
      const refused = await Promise.all(
        KINDS.map(async ([filters]) => (await follow({ url, filters } as SubscribeOptions).ended) as LiveError),
      );
      for (const [index, [, message]] of KINDS.entries()) {
        expect(refused[index]).toMatchObject({ code: 'InvalidSubscriptionError' });
        expect(refused[index]?.message.startsWith(message) ? message : refused[index]?.message).toBe(message);
      }
    });

    it('says why its position is of no use', async () => {
      const { url } = await startFeed();
      const { subscription } = follow({ url });
      await eventually(() => expect(subscription.state).toBe('live'));
      const [, feedId, since, , , shards] = (subscription.position as string).split('.');
      const now = Date.now();
      const ofDayBefore = `1.${feedId}.${since}..${(now - 24 * 60 * 60 * 1000).toString(36)}.${shards}`;
      const ofAnotherFeed = `1.elsewher.${since}..${now.toString(36)}.AAAAAAAAAAAA011`;
      const message = async (after: string) => ((await follow({ url, after }).ended) as LiveError).message;
      expect(await message(ofDayBefore)).toMatch(/^The position is older than DynamoDB keeps a stream\. Read it from/);
      expect(await message(ofAnotherFeed)).toMatch(
        /^The tables do not have the streams of the position: it is from an/,
      );
      expect(await message('nonsense')).toBe('`after` is not a position of an event feed.');
    });
  });
});
