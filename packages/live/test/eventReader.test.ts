import type { _Record } from '@aws-sdk/client-dynamodb-streams';

import { EventReader } from '../src/feed/eventReader.js';
import { describeFeed } from './support/describeFeed.js';
import { push } from './support/eventStores.js';

describeFeed('events of stream records', context => {
  const { engine, pokemons, trainers, tableNames } = context;
  const arn = `arn:aws:dynamodb:us-east-1:123456789012:table/${tableNames.pokemons}/stream/now`;
  const errors: unknown[] = [];
  const newReader = () => new EventReader([pokemons, trainers], error => errors.push(error));
  let sequenceNumber = 0;

  const recordOf = (
    aggregateId: string,
    version: number,
    eventName: _Record['eventName'] = 'INSERT',
    more = {},
  ): _Record => ({
    eventName,
    dynamodb: {
      SequenceNumber: String(++sequenceNumber),
      NewImage: {
        aggregateId: { S: `POKEMONS#${aggregateId}` },
        version: { N: String(version) },
        type: { S: 'POKEMON_CAUGHT' },
        timestamp: { S: '2026-11-27T00:00:00.000Z' },
        ...more,
      },
    },
  });
  const versions = async (reader: EventReader, records: _Record[]): Promise<number[]> =>
    (await reader.read(arn, records, AbortSignal.timeout(20_000))).map(({ event }) => event.version);

  it('come in the order of their versions, though the records do not', async () => {
    const records = [recordOf('swapped', 2), recordOf('other', 1), recordOf('swapped', 1)];
    const read = await newReader().read(arn, records, AbortSignal.timeout(20_000));
    expect(read.map(({ event }) => `${event.aggregateId} ${event.version}`)).toEqual([
      'swapped 1',
      'other 1',
      'swapped 2',
    ]);
    // Nobody goes on behind a record whose event was not shown yet.
    const numbers = records.map(({ dynamodb }) => dynamodb?.SequenceNumber);
    expect(read.map(({ passed }) => passed)).toEqual([undefined, undefined, numbers[2]]);
  });

  it('are read from the event store if one came early, and then not shown again', async () => {
    for (const version of [1, 2, 3, 4]) await push(context, `early ${engine.name}`, version);
    const reader = newReader();
    expect(await versions(reader, [recordOf(`early ${engine.name}`, 1)])).toEqual([1]);
    expect(await versions(reader, [recordOf(`early ${engine.name}`, 4)])).toEqual([2, 3, 4]);
    expect(await versions(reader, [recordOf(`early ${engine.name}`, 3), recordOf(`early ${engine.name}`, 2)])).toEqual(
      [],
    );
    expect(await versions(reader, [recordOf(`early ${engine.name}`, 5)])).toEqual([5]);
  });

  it('are shown when they come if they were in no table before', async () => {
    const reader = newReader();
    expect(await versions(reader, [recordOf('gap', 1)])).toEqual([1]);
    expect(await versions(reader, [recordOf('gap', 3)])).toEqual([3]);
    expect(await versions(reader, [recordOf('gap', 2)])).toEqual([2]);
  });

  it('come again if reading failed before', async () => {
    const id = `failed ${engine.name}`;
    for (const version of [1, 2, 3]) await push(context, id, version);
    const reader = newReader();
    expect(await versions(reader, [recordOf(id, 1)])).toEqual([1]);
    const getEvents = jest.spyOn(pokemons, 'getEvents').mockRejectedValueOnce(new Error('no network'));
    const page = [recordOf(id, 3), recordOf('beside', 1)];
    await expect(versions(reader, page)).rejects.toThrow('no network');
    getEvents.mockRestore();
    expect(await versions(reader, page)).toEqual([2, 3, 1]);
    expect(await versions(reader, [recordOf(id, 2)])).toEqual([]);
  });

  it('are those of an aggregate that was deleted and begun anew, too', async () => {
    const reader = newReader();
    expect(await versions(reader, [recordOf('anew', 1), recordOf('anew', 2)])).toEqual([1, 2]);
    expect(await versions(reader, [recordOf('anew', 1, 'REMOVE'), recordOf('anew', 1), recordOf('anew', 2)])).toEqual([
      1, 2,
    ]);
  });

  it('are none that were overwritten or removed, and no foreign items', async () => {
    const foreign = recordOf('foreign', 1);
    (foreign.dynamodb as { NewImage: object }).NewImage = { aggregateId: { S: 'x' }, version: { N: '1' } };
    expect(await versions(newReader(), [recordOf('a', 1, 'MODIFY'), recordOf('b', 1, 'REMOVE'), foreign])).toEqual([]);
  });

  it('are read from the table if the record cannot be read, and reported if the table has nothing better', async () => {
    const id = `unreadable ${engine.name}`;
    await push(context, id, 1, { kept: true });
    const broken = { payload: { N: '0.12345678901234567890123456789' } };
    const [read] = await newReader().read(arn, [recordOf(id, 1, 'INSERT', broken)], AbortSignal.timeout(20_000));
    expect(read?.event.payload).toEqual({ kept: true });
    expect(errors).toEqual([]);
    expect(await versions(newReader(), [recordOf('nowhere', 1, 'INSERT', broken)])).toEqual([]);
  });
});
