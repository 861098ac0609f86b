import { notify } from '../src/callbacks.js';
import { checkClient, checkInteger, checkOptions, checkSignal, checkString, type OptionNames } from '../src/checks.js';

interface Options {
  gapless?: boolean;
  tableName: string;
}
const NAMES = { gapless: true, tableName: true } satisfies OptionNames<Options>;

const refusal = (argument: string) => expect.objectContaining({ code: 'InvalidArgumentError', argument });

describe('Argument checks', () => {
  it('refuse an option that is not there by its name, and say how it is written', () => {
    expect(() => checkOptions({ gapLess: true }, 'options', NAMES)).toThrow(refusal('options.gapLess'));
    expect(() => checkOptions({ gapLess: true }, 'options', NAMES)).toThrow(/Did you mean gapless\?/);
    expect(() => checkOptions({ port: 1 }, '', NAMES)).toThrow(refusal('port'));
    expect(() => checkOptions(null, '', NAMES)).toThrow(refusal('options'));
    expect(() => checkOptions(JSON.parse('{"__proto__":1}'), 'options', NAMES)).toThrow(refusal('options.__proto__'));
    expect(() => checkOptions({ toString: 1 }, 'options', NAMES)).toThrow(refusal('options.toString'));
    expect(() => checkOptions({ tableName: 'x', other: undefined }, 'options', NAMES)).not.toThrow();
  });

  it('name the bounds of an integer', () => {
    expect(() => checkInteger(0, 'limit')).toThrow('Invalid limit: expected an integer of at least 1, got 0.');
    expect(() => checkInteger(257, 'shards', 1, 256)).toThrow(
      'Invalid shards: expected an integer from 1 to 256, got 257.',
    );
    expect(() => checkInteger(1.5, 'limit')).toThrow(refusal('limit'));
  });

  it('refuse strings that DynamoDB cannot keep', () => {
    for (const bad of ['', '\uD83D', 5]) expect(() => checkString(bad, 'id')).toThrow(refusal('id'));
  });

  it('take whatever sends for a client', () => {
    expect(() => checkClient({ send: () => {} }, 'dynamoDbClient')).not.toThrow();
    const throwing = {
      get send(): never {
        throw new Error('no');
      },
    };
    for (const bad of [undefined, {}, { send: 1 }, throwing]) {
      expect(() => checkClient(bad, 'dynamoDbClient')).toThrow(refusal('dynamoDbClient'));
    }
  });

  it('refuse a client of another service by the names of both', () => {
    const client = { send: () => {}, config: { serviceId: 'DynamoDB Streams' } };
    expect(() => checkClient(client, 'dynamoDbStreamsClient')).not.toThrow();
    expect(() => checkClient(client, 'dynamoDbClient')).toThrow(
      'Invalid dynamoDbClient: expected a DynamoDBClient of the AWS SDK, got a client of "DynamoDB Streams".',
    );
  });

  it('take a signal for what it does, from whatever realm it is', () => {
    const ofAnotherRealm = { aborted: false, addEventListener: () => {} };
    for (const good of [new AbortController().signal, ofAnotherRealm]) checkSignal(good, 'signal');
    for (const bad of [null, 1, 'x', {}, new AbortController()]) {
      expect(() => checkSignal(bad, 'signal')).toThrow(refusal('signal'));
    }
  });
});

describe('A callback that only listens', () => {
  it.each([
    [
      'throws',
      () => {
        throw new Error('bad');
      },
    ],
    ['rejects', () => Promise.reject(new Error('bad'))],
  ])('becomes a warning if it %s', async (_, callback) => {
    const warning = jest.spyOn(process, 'emitWarning').mockImplementation(() => {});
    try {
      notify('onError', callback);
      await new Promise(resolve => setImmediate(resolve));
      expect(warning).toHaveBeenCalledWith('onError threw Error: bad', expect.anything());
    } finally {
      warning.mockRestore();
    }
  });
});
