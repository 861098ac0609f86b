import { types } from 'node:util';

import type { EventDetail } from '@castore/core';

import { areEqual } from '../../src/support/assertions.js';
import { ReferenceAdapter } from '../referenceAdapter.js';
import { type Defect, type GivenEvent, nextTurn, type PushOptions } from './defect.js';

/** Changes what is stored of an event, and nothing else. */
const storing = (change: (event: EventDetail) => EventDetail) =>
  class extends ReferenceAdapter {
    protected override store(eventStoreId: string, event: EventDetail): void {
      super.store(eventStoreId, change(event));
    }
  };

/** Changes payloads before they are stored. */
const keeping = (change: (payload: unknown) => unknown) =>
  storing(event => ({ ...event, payload: change(event.payload) }));

/** Changes what a push is given. */
const given = (change: (event: GivenEvent, options: PushOptions) => readonly [GivenEvent, PushOptions]) =>
  class extends ReferenceAdapter {
    override async pushEvent(event: GivenEvent, options: PushOptions) {
      return super.pushEvent(...change(event, options));
    }
  };

/** Changes what becomes of a push that is refused: rethrows, throws something else, or lets it pass. */
const refusing = (
  change: (error: Error, adapter: ReferenceAdapter, eventStoreId: string, event: EventDetail) => void,
) =>
  class extends ReferenceAdapter {
    protected override refuse(eventStoreId: string, event: EventDetail, force: boolean): void {
      try {
        super.refuse(eventStoreId, event, force);
      } catch (error) {
        change(error as Error, this, eventStoreId, event);
      }
    }
  };

const withoutMilliseconds = (timestamp: string): string => timestamp.replace(/\.\d+/, '');

export const StoresLater: typeof ReferenceAdapter = class extends ReferenceAdapter {
  protected override store(eventStoreId: string, event: EventDetail): void {
    setImmediate(() => super.store(eventStoreId, event));
  }
};

export const ConflictsWithoutCode = refusing(({ message }) => {
  throw new Error(message);
});

export const pushingDefects: readonly Defect[] = [
  {
    defect: 'metadata is not stored',
    breaks: 'an event is read as it was pushed',
    Adapter: storing(({ metadata: _metadata, ...event }) => event),
  },
  {
    defect: 'an absent payload becomes null',
    breaks: 'absent stays absent',
    Adapter: storing(event => ({ payload: null, ...event })),
  },
  {
    defect: 'timestamps are cut to seconds',
    breaks: 'a given timestamp is kept',
    Adapter: storing(event => ({ ...event, timestamp: withoutMilliseconds(event.timestamp) })),
  },
  {
    defect: 'now has no milliseconds',
    breaks: 'a missing timestamp is now',
    Adapter: given((event, options) => [
      { timestamp: withoutMilliseconds(new Date().toISOString()), ...event },
      options,
    ]),
  },
  {
    defect: 'the timestamp is set on the given event',
    breaks: "the caller's event is not changed",
    Adapter: given((event, options) => [Object.assign(event, { timestamp: new Date().toISOString() }), options]),
  },
  {
    defect: 'force is ignored',
    breaks: 'force overwrites',
    Adapter: given((event, { eventStoreId }) => [event, { eventStoreId }]),
  },
  {
    defect: 'any force is true',
    breaks: 'force: false does not overwrite',
    Adapter: given((event, options) => [event, { ...options, force: 'force' in options }]),
  },
  {
    defect: 'an empty string becomes null',
    breaks: 'JSON is kept',
    Adapter: keeping(payload => (payload === '' ? null : payload)),
  },
  {
    defect: 'a bigint becomes text',
    breaks: 'bigint is kept',
    Adapter: keeping(payload => (typeof payload === 'bigint' ? String(payload) : payload)),
  },
  {
    defect: 'bytes become numbers',
    breaks: 'binary is kept',
    Adapter: keeping(payload => (payload instanceof Uint8Array ? [...payload] : payload)),
  },
  {
    defect: 'a Set becomes an array',
    breaks: 'sets are kept',
    Adapter: keeping(payload => (types.isSet(payload) ? [...payload] : payload)),
  },
  {
    defect: 'a long text is cut',
    breaks: 'a large event is kept or refused',
    Adapter: keeping(payload => (typeof payload === 'string' ? payload.slice(0, 200_000) : payload)),
  },
  {
    defect: 'an undefined member becomes null',
    breaks: 'undefined members are left out',
    Adapter: keeping(payload => JSON.parse(JSON.stringify(payload, (_, value: unknown) => value ?? null))),
  },
  { defect: 'a conflict has no code', breaks: 'a taken version is a conflict', Adapter: ConflictsWithoutCode },
  {
    defect: 'a conflict says nothing but its code',
    breaks: 'a conflict names its event',
    Adapter: refusing(error => {
      throw Object.assign(error, { aggregateId: undefined });
    }),
  },
  {
    defect: 'what meets a conflict is written all the same',
    breaks: 'a conflict writes nothing',
    Adapter: refusing((error, { database }, eventStoreId, event) => {
      database.get(eventStoreId)?.get(event.aggregateId)?.set(event.version, event);
      throw error;
    }),
  },
  {
    defect: 'an equal event is acknowledged again',
    breaks: 'an equal event is a conflict too',
    Adapter: refusing((error, { database }, eventStoreId, event) => {
      if (!areEqual(database.get(eventStoreId)?.get(event.aggregateId)?.get(event.version), event)) throw error;
    }),
  },
  {
    defect: 'looking and writing are two requests',
    breaks: 'one of 50 concurrent pushes wins',
    Adapter: class extends ReferenceAdapter {
      override async pushEvent(event: GivenEvent, options: PushOptions) {
        if (this.find({ ...options, ...event }) === undefined) {
          await nextTurn();
          return super.pushEvent(event, { ...options, force: true });
        }
        return super.pushEvent(event, options);
      }
    },
  },
  {
    defect: 'an aggregate is read and written as a whole',
    breaks: 'concurrent pushes are all stored',
    Adapter: class extends ReferenceAdapter {
      override async pushEvent(event: GivenEvent, options: PushOptions) {
        const before = new Map(this.aggregates(options.eventStoreId).get(event.aggregateId));
        await nextTurn();
        this.aggregates(options.eventStoreId).set(event.aggregateId, before);
        return super.pushEvent(event, options);
      }
    },
  },
  { defect: 'a push is acknowledged before its write', breaks: 'EventStore.pushEvent', Adapter: StoresLater },
  { defect: 'a conflict of a Command has no code', breaks: 'Command retries', Adapter: ConflictsWithoutCode },
];
