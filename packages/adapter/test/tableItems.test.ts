import { putTableItem, scanTableEvents, scanTableItems, type TableItem } from '@castore-dynamodb/adapter';
import { costs, describeOnEveryLayout } from '@castore-dynamodb/testing/eventTables';

describeOnEveryLayout(
  'items of a table',
  ({ tableNames: { events: tableName }, dynamoDbClient, requests }) => {
    const payload = { M: JSON.parse('{"__proto__":{"M":{"a":{"N":"1"}}},"n":{"N":"9007199254740993.5"}}') };
    const item: TableItem = {
      aggregateId: { S: 'POKEMONS#a#b' },
      version: { N: '1' },
      type: { S: 'T' },
      payload,
      pushId: { B: new Uint8Array([1, 2, 255]) },
      more: { BS: [new Uint8Array([3])] },
    };

    const scan = async () => {
      const items: TableItem[] = [];
      for (const segment of [0, 1]) {
        items.push(...(await scanTableItems(dynamoDbClient, { tableName, segment, segments: 2 })).items);
      }
      return items;
    };

    it('come and go exactly as they are stored', async () => {
      await expect(putTableItem(dynamoDbClient, { tableName, item })).resolves.toEqual({
        outcome: 'written',
        writeUnits: 1,
      });
      const [read] = await scan();
      expect(JSON.stringify(read?.payload)).toContain('"__proto__":{"M":{"a":{"N":"1"}}}');
      expect(read).toEqual(item);
      expect(costs(requests)).toEqual([
        'PutItem 1',
        expect.stringContaining('Scan '),
        expect.stringContaining('Scan '),
      ]);
    });

    it('overwrite nothing, and bring along what is there', async () => {
      const other = { ...item, type: { S: 'U' } };
      await expect(putTableItem(dynamoDbClient, { tableName, item: other })).resolves.toEqual({
        outcome: 'refused',
        found: item,
      });
      const before = { ...item, pushId: { B: new Uint8Array([9]) } };
      await expect(putTableItem(dynamoDbClient, { tableName, item: other, before })).resolves.toEqual({
        outcome: 'refused',
        found: item,
      });
      await expect(scan()).resolves.toEqual([item]);
      await expect(putTableItem(dynamoDbClient, { tableName, item: other, before: item })).resolves.toMatchObject({
        outcome: 'written',
      });
      await expect(scan()).resolves.toEqual([other]);
    });

    it('are read a few at a time, for half the price, or only their keys', async () => {
      for (const version of ['1', '2', '3']) {
        const few = { ...item, aggregateId: { S: 'POKEMONS#few' }, version: { N: version } };
        await putTableItem(dynamoDbClient, { tableName, item: few });
      }
      const all = await scan();
      const read: TableItem[] = [];
      let startKey: TableItem | undefined;
      do {
        const options = { tableName, segment: 0, segments: 1, startKey, limit: 1, consistentRead: false };
        const page = await scanTableItems(dynamoDbClient, options);
        expect(page.items.length).toBeLessThanOrEqual(1);
        expect(page.readUnits).toBeLessThanOrEqual(0.5);
        read.push(...page.items);
        startKey = page.nextKey;
      } while (startKey !== undefined);
      const keys = await scanTableItems(dynamoDbClient, { tableName, segment: 0, segments: 1, keysOnly: true });
      expect(keys.items).toHaveLength(all.length);
      expect(keys.items).toContainEqual({ aggregateId: { S: 'POKEMONS#few' }, version: { N: '2' } });
      expect(read).toHaveLength(all.length);
      expect(read).toEqual(expect.arrayContaining(all));
    });

    it('tell which events there are without what they hold, for the same price', async () => {
      const timestamp = { S: '2026-01-01T00:00:00.000Z' };
      const encoding = { S: 'wrapped' };
      for (const [version, more] of [{ timestamp, encoding }, { timestamp }, {}, { timestamp, payload }].entries()) {
        const own = {
          aggregateId: { S: 'POKEMONS#events' },
          version: { N: `${version + 1}` },
          type: { S: 'T' },
          ...more,
        };
        await putTableItem(dynamoDbClient, { tableName, item: own });
      }
      const options = { tableName, segment: 0, segments: 1 };
      const { events, ...page } = await scanTableEvents(dynamoDbClient, options);
      expect(events.map(({ version, isTransformed }) => [version, isTransformed])).toEqual([
        [1, true],
        [2, false],
        [4, false],
      ]);
      requests.splice(0);
      await expect(scanTableEvents(dynamoDbClient, { ...options, content: false })).resolves.toStrictEqual({
        ...page,
        events: events.map(event => ({ ...event, json: undefined })),
      });
      const { ExpressionAttributeNames: names } = requests[0]?.input ?? {};
      expect(Object.values(names as object)).toEqual(['aggregateId', 'version', 'type', 'timestamp', 'encoding']);
    });
  },
  { layouts: ['single-table'] },
);
