import { fitKey, isNamed, MAX_PARTITION_KEY_SIZE, mapConcurrently } from '@castore-dynamodb/commons';

import type { Rights } from '../filters/rights.js';
import { aggregatesOf, type GatewayInterest, matcherOf, toInterest } from './gatewayInterest.js';
import { expiringAt, type GatewayTable, type Item, isExpired, type Key } from './gatewayTable.js';
import type { LogEntry } from './sharedLog.js';

/** A connection that events are sent to. */
interface Listener {
  readonly connectionId: string;
  readonly interest: GatewayInterest;
  /** The last entry that it has not to be sent: what comes up to there, it has been sent when it subscribed, or is before. */
  readonly from: number;
}

/** With the partitions that it is listed in, as far as they were read. */
export interface FoundListener extends Listener {
  readonly partitions: readonly string[];
}

export interface StoredConnection {
  readonly rights: Rights;
  readonly isSubscribed: boolean;
}

/**
 * A connection lasts 2 hours at most, and whoever sends to one that is gone is told. So what is left behind is only waste.
 * Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-execution-service-websocket-limits-table.html
 */
const LIFETIME_MS = 3 * 60 * 60 * 1_000;

const QUERIES_AT_A_TIME = 20;

/** Says in the list of interests that somebody is listed by aggregates. */
const BY_AGGREGATE = 'by aggregate';

/**
 * Who is connected, and wants to see what. Clients with the same rights and filters are listed in one partition, which is
 * read only if an event fits; those that name few aggregates are listed at each of these. So what it costs to find whom an
 * event is for does not grow with the number of those whom it is not for.
 */
export class Audience {
  readonly #table: GatewayTable;
  readonly #name: string;

  constructor(table: GatewayTable, name: string) {
    this.#table = table;
    this.#name = name;
  }

  async add(connectionId: string, rights: Rights): Promise<void> {
    await this.#table.put(this.#connectionKey(connectionId), {
      rights: { S: JSON.stringify(rights) },
      ...expiringAt(Date.now() + LIFETIME_MS),
    });
  }

  /** Undefined for one that is gone. */
  async find(connectionId: string): Promise<StoredConnection | undefined> {
    const item = await this.#table.get(this.#connectionKey(connectionId));
    return item && { rights: JSON.parse(item['rights']?.S as string) as Rights, isSubscribed: 'listed' in item };
  }

  /**
   * Has everything sent to a connection from now on that comes after an entry. Undefined if it has subscribed before, or is
   * gone.
   *
   * @throws InvalidArgumentError
   */
  async subscribe(
    connectionId: string,
    rights: Rights,
    filters: unknown,
    from: number,
  ): Promise<GatewayInterest | undefined> {
    const interest = toInterest(rights, filters);
    const aggregates = aggregatesOf(interest);
    const partitions = aggregates?.map(id => this.#aggregateKey(id)) ?? [this.#interestKey(interest.hash)];
    const expires = expiringAt(Date.now() + LIFETIME_MS);
    // First what leads to the rest, so that nothing is listed that cannot be removed, or found.
    if (!(await this.#claim(connectionId, partitions))) return undefined;
    const listed = aggregates === undefined ? interest : { hash: BY_AGGREGATE, text: '' };
    await this.#table.put({ pk: this.#interestsKey, sk: listed.hash }, { value: { S: listed.text }, ...expires });
    await mapConcurrently(partitions, QUERIES_AT_A_TIME, pk =>
      this.#table.put(
        { pk, sk: listenerKey(connectionId) },
        {
          from: { N: String(from) },
          ...(aggregates !== undefined && { value: { S: interest.text }, hash: { S: interest.hash } }),
          ...expires,
        },
      ),
    );
    return interest;
  }

  /** Messages of one connection may be handled at the same time: one of them subscribes it. */
  async #claim(connectionId: string, partitions: readonly string[]): Promise<boolean> {
    try {
      await this.#table.update(this.#connectionKey(connectionId), {
        UpdateExpression: 'SET listed = :listed',
        ConditionExpression: 'attribute_exists(pk) AND attribute_not_exists(listed)',
        ExpressionAttributeValues: { ':listed': { S: JSON.stringify(partitions) } },
      });
      return true;
    } catch (error) {
      if (!isNamed(error, 'ConditionalCheckFailedException')) throw error;
      return false;
    }
  }

  /** @param found where it was found, in case that its own list is gone already */
  async remove(connectionId: string, found: readonly string[] = []): Promise<void> {
    const key = this.#connectionKey(connectionId);
    const item = await this.#table.get(key);
    const listed = JSON.parse(item?.['listed']?.S ?? '[]') as string[];
    const partitions = new Set([...listed, ...found]);
    const keys = [...partitions].map(pk => ({ pk, sk: listenerKey(connectionId) }));
    // Its own list goes last: if this is interrupted, it can be done again.
    await this.#table.delete(keys);
    await this.#table.delete([key]);
  }

  /**
   * Whom entries may be for. Costs a request for the list of interests, one for each interest that an event fits, and one
   * for each aggregate if somebody is listed by aggregates; a read unit for each 4 KB of each.
   */
  async of(entries: readonly LogEntry[]): Promise<FoundListener[]> {
    const interests = await this.#interests();
    const isByAggregate = interests.delete(BY_AGGREGATE);
    const aggregateIds = new Set(entries.flatMap(({ runs }) => runs.map(({ aggregateId }) => aggregateId)));
    const partitions: { pk: string; interest: GatewayInterest | undefined }[] = [];
    for (const interest of interests.values()) {
      if (isWanted(interest, entries)) partitions.push({ pk: this.#interestKey(interest.hash), interest });
    }
    if (isByAggregate) {
      for (const id of aggregateIds) partitions.push({ pk: this.#aggregateKey(id), interest: undefined });
    }
    const listeners = new Map<string, Listener & { partitions: string[] }>();
    await mapConcurrently(partitions, QUERIES_AT_A_TIME, async ({ pk, interest }) => {
      for await (const items of this.#table.pages(pk)) {
        for (const item of items.filter(one => !isExpired(one))) {
          const listener = toListener(item, interest);
          const known = listeners.get(listener.connectionId);
          if (known === undefined) listeners.set(listener.connectionId, { ...listener, partitions: [pk] });
          else known.partitions.push(pk);
        }
      }
    });
    return [...listeners.values()];
  }

  async #interests(): Promise<Map<string, GatewayInterest>> {
    const interests = new Map<string, GatewayInterest>();
    for await (const items of this.#table.pages(this.#interestsKey)) {
      for (const item of items.filter(one => !isExpired(one))) {
        const hash = item['sk']?.S as string;
        interests.set(hash, { hash, text: item['value']?.S as string });
      }
    }
    return interests;
  }

  get #interestsKey(): string {
    return `${this.#name}#interests`;
  }

  #connectionKey(connectionId: string): Key {
    return { pk: `${this.#name}#connection#${connectionId}`, sk: 'connection' };
  }

  #interestKey(hash: string): string {
    return `${this.#name}#interest#${hash}`;
  }

  #aggregateKey(aggregateId: string): string {
    return fitKey(`${this.#name}#aggregate#`, aggregateId, MAX_PARTITION_KEY_SIZE, 'sha256:');
  }
}

const LISTENER_PREFIX = 'to#';

const listenerKey = (connectionId: string): string => `${LISTENER_PREFIX}${connectionId}`;

const toListener = (item: Item, interest: GatewayInterest | undefined): Listener => ({
  connectionId: String(item['sk']?.S).slice(LISTENER_PREFIX.length),
  from: Number(item['from']?.N),
  interest: interest ?? { hash: item['hash']?.S as string, text: item['value']?.S as string },
});

const isWanted = (interest: GatewayInterest, entries: readonly LogEntry[]): boolean => {
  const wants = matcherOf(interest);
  return entries.some(({ runs }) =>
    runs.some(({ eventStoreId, aggregateId, types }) => types.some(type => wants({ eventStoreId, aggregateId, type }))),
  );
};
