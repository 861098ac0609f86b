import { encryption, localWrapping } from '../../src/index.js';

const keys = { keyFor: async () => undefined, keyOf: async () => undefined };
const withPaths = (...paths: unknown[]) =>
  encryption({ keys, subjectOf: () => 'ada', fields: { CUSTOMERS: { REGISTERED: paths as string[] } } });

describe('paths of fields', () => {
  it.each([
    'payload',
    'metadata',
    'payload.name',
    'payload.größe.$x._1',
    'payload.items[*].name',
    'payload.items[0][1]',
    'payload["unit price"]["a.b[0]\\"c"]',
    'payload.__proto__.constructor',
    'metadata[*]',
  ])('may be %s', path => {
    expect(() => withPaths(path)).not.toThrow();
  });

  it.each([
    ['', 'empty'],
    ['name', 'character 1'],
    ['payloads', 'character 8'],
    ['payload.', 'character 8'],
    ['payload..name', 'character 8'],
    ['payload.first-name', 'character 14'],
    ['payload.0', 'character 8'],
    ['payload[-1]', 'character 8'],
    ['payload[name]', 'character 8'],
    ["payload['name']", 'character 8'],
    ['payload["a]', 'character 8'],
    ['payload["\\x"]', 'character 8'],
    ['payload.*', 'character 8'],
    ['payload.items[].name', 'character 14'],
    ['payload.name ', 'character 13'],
    ['timestamp', 'character 1'],
    [42, '42'],
    [null, 'null'],
  ])('may not be %j', (path, words) => {
    expect(() => withPaths(path)).toThrow(
      expect.objectContaining({
        code: 'InvalidArgumentError',
        argument: 'options.fields.CUSTOMERS.REGISTERED[0]',
        message: expect.stringContaining(words),
      }),
    );
  });

  it.each([
    ['payload', 'payload'],
    ['payload.a.b', 'payload.a'],
    ['payload', 'payload.a[0].b'],
    ['payload.items[*].name', 'payload.items[0].name'],
    ['payload.items[0]', 'payload[*][0].name'],
  ])('may not be %s and %s at once', (one, other) => {
    expect(() => withPaths(one, other)).toThrow(
      expect.objectContaining({ argument: 'options.fields.CUSTOMERS.REGISTERED[1]' }),
    );
  });

  it('are read in time, however long they are', () => {
    expect(() => withPaths(`payload${'["'.repeat(50_000)}`)).toThrow(
      expect.objectContaining({ code: 'InvalidArgumentError' }),
    );
    expect(() => withPaths(`payload["${'\\\\'.repeat(50_000)}`)).toThrow(
      expect.objectContaining({ code: 'InvalidArgumentError' }),
    );
  });
});

describe('options of encryption', () => {
  const subjectOf = () => 'ada';
  it.each([
    ['options', undefined],
    ['options.keys', { subjectOf }],
    ['options.keys', { keys: {}, subjectOf }],
    ['options.subjectOf', { keys }],
    ['options.feilds', { keys, subjectOf, feilds: {} }],
    ['options.fields', { keys, subjectOf, fields: [] }],
    ['options.fields.CUSTOMERS', { keys, subjectOf, fields: { CUSTOMERS: ['payload'] } }],
    ['options.fields.CUSTOMERS.REGISTERED', { keys, subjectOf, fields: { CUSTOMERS: { REGISTERED: 'payload' } } }],
    ['options.fields', { keys, subjectOf, fields: new Map([['CUSTOMERS', {}]]) }],
    ['options.fields.CUSTOMERS', { keys, subjectOf, fields: { CUSTOMERS: new Map([['REGISTERED', []]]) } }],
    [
      'options.fields.CUSTOMERS.REGISTERED[0]',
      { keys, subjectOf, fields: { CUSTOMERS: { REGISTERED: Object.assign([], { 1: 'payload' }) } } },
    ],
    ['options.forgotten', { keys, subjectOf, forgotten: null }],
  ])('name %s if it is wrong', (argument, options) => {
    expect(() => encryption(options as never)).toThrow(
      expect.objectContaining({ code: 'InvalidArgumentError', argument }),
    );
  });

  it.each([null, 42, '', '\ud800', {}, Promise.reject(new Error('no subject'))])(
    'refuse %p as a subject, and show it to nobody',
    async subjectId => {
      const { encode } = encryption({ keys, subjectOf: () => subjectId as string });
      const event = { aggregateId: 'a', version: 1, type: 'REGISTERED', timestamp: '', payload: 1 };
      await expect(encode(event, { eventStoreId: 'CUSTOMERS' })).rejects.toMatchObject({
        code: 'InvalidArgumentError',
        argument: 'options.subjectOf()',
      });
    },
  );

  it.each(['a secret of thirty-two characters', Buffer.alloc(31), new Uint8Array(33), undefined, null, {}])(
    'refuse %p as a secret, and do not show it',
    secret => {
      const wrap = () => localWrapping(secret as Uint8Array);
      expect(wrap).toThrow(expect.objectContaining({ code: 'InvalidArgumentError', argument: 'secret' }));
      expect(wrap).not.toThrow(/thirty/);
    },
  );
});
