import type { KeyObject } from 'node:crypto';

import { checkString, hasCode } from '@castore-dynamodb/commons';

import { SubjectKeyError } from './encryptionErrors.js';
import type { KeyWrapping } from './keyWrapping.js';
import { type KnownKey, SubjectKeyCache } from './subjectKeyCache.js';
import {
  createPut,
  forgetPut,
  isForgottenItem,
  keyIdOf,
  keyIdOfItem,
  rewrapPut,
  type WrappedKey,
} from './subjectKeyItem.js';
import type { SubjectKey, SubjectKeys } from './subjectKeys.js';
import {
  checkSubjectKeysOptions,
  DEFAULT_ENTRIES,
  DEFAULT_SECONDS,
  type DynamoDbSubjectKeysOptions,
} from './subjectKeysOptions.js';
import { type Item, SubjectKeyTable } from './subjectKeyTable.js';

/** How far `rewrap` has come. */
export interface RewrapProgress {
  /** Keys that were looked at. */
  readonly keys: number;
  /** Those of them that a former wrapping had wrapped, and now the new one has. */
  readonly rewrapped: number;
}

/**
 * A data key for each subject, in a DynamoDB table, wrapped.
 *
 * A key that is in memory costs nothing. Any other costs a Query (a read unit) and what unwrapping it costs. The first event
 * of a subject costs a Query, what making a key costs, and a PutItem (a write unit).
 *
 * @example
 * const keys = new DynamoDbSubjectKeys({
 *   tableName: 'subject-keys',
 *   dynamoDbClient,
 *   wrapping: kmsWrapping({ kmsClient: new KMSClient({}), keyId: 'alias/events' }),
 * });
 * await keys.forget('customer-1');
 */
export class DynamoDbSubjectKeys implements SubjectKeys {
  readonly #table: SubjectKeyTable;
  readonly #wrapping: KeyWrapping;
  readonly #wrappings: readonly KeyWrapping[];
  readonly #cache: SubjectKeyCache;
  /** By what is asked for: many events of a subject are read, or written, at the same time. */
  readonly #underWay = new Map<string, Promise<KnownKey | undefined>>();

  /** @throws InvalidArgumentError */
  constructor(options: DynamoDbSubjectKeysOptions) {
    checkSubjectKeysOptions(options);
    const { tableName, dynamoDbClient, wrapping, formerWrappings = [], cache = {} } = options;
    this.#table = new SubjectKeyTable(tableName, dynamoDbClient);
    this.#wrapping = wrapping;
    this.#wrappings = [wrapping, ...formerWrappings];
    this.#cache = new SubjectKeyCache(cache.entries ?? DEFAULT_ENTRIES, (cache.seconds ?? DEFAULT_SECONDS) * 1000);
  }

  /**
   * Forgets a subject for good. A tombstone takes the place of its key and keeps it from getting another one. What was
   * encrypted with the key, nobody can read again, whatever copies of it there are; copies of the key's own table excepted.
   * In force in this process at once, in every other one when its cache is older than its `seconds`.
   *
   * May be called again, and for a subject that has no key. If it fails, call it again. One PutItem, a write unit.
   *
   * @throws InvalidArgumentError, and what the SDK throws
   */
  async forget(subjectId: string): Promise<void> {
    checkString(subjectId, 'subjectId');
    const keyId = keyIdOf(subjectId);
    const askedAt = this.#cache.now();
    // False if it was forgotten before: the first tombstone stays.
    await this.#table.put(forgetPut(this.#table.tableName, keyId));
    this.#cache.set(keyId, 'forgotten', askedAt);
  }

  /**
   * Whether a subject was forgotten: asked of the table, not of the cache. One Query, a read unit.
   *
   * @throws InvalidArgumentError, and what the SDK throws
   */
  async isForgotten(subjectId: string): Promise<boolean> {
    checkString(subjectId, 'subjectId');
    const item = await this.#table.find(keyIdOf(subjectId));
    return item !== undefined && isForgottenItem(item);
  }

  /**
   * Has the new wrapping wrap every key that a former one has wrapped; `formerWrappings` can be left out after it. It does
   * its work while it is iterated over, page by page, and may be run again. The keys stay the same, so no event changes.
   *
   * Costs a Scan of the table, what unwrapping costs for each key, and what wrapping and a PutItem cost for each that changes.
   *
   * @throws SubjectKeyError for a key that none of the wrappings can unwrap, or that lies there without what it needs, when it has gone through the others; at once
   *   what the SDK throws
   */
  async *rewrap(): AsyncGenerator<RewrapProgress, void, undefined> {
    const progress = { keys: 0, rewrapped: 0 };
    let failure: unknown;
    for await (const items of this.#table.pages()) {
      for (const item of items) {
        progress.keys += 1;
        try {
          if (await this.#rewrapOne(item)) progress.rewrapped += 1;
        } catch (error) {
          if (!hasCode(error, 'SubjectKeyError')) throw error;
          failure ??= error;
        }
      }
      yield { ...progress };
    }
    if (failure !== undefined) throw failure;
  }

  async keyFor(subjectId: string, beforeMaking?: () => Promise<void>): Promise<SubjectKey | undefined> {
    const keyId = keyIdOf(subjectId);
    let known = this.#cache.get(keyId) ?? (await this.#once(`of ${keyId}`, () => this.#find(keyId)));
    if (known === undefined) {
      await beforeMaking?.();
      // Somebody else here may have made it meanwhile.
      known = this.#cache.get(keyId) ?? (await this.#once(`for ${keyId}`, () => this.#create(keyId)));
    }
    const key = this.#usable(keyId, known);
    return key && { keyId, key };
  }

  async keyOf(keyId: string): Promise<KeyObject | undefined> {
    return this.#usable(keyId, this.#cache.get(keyId) ?? (await this.#once(`of ${keyId}`, () => this.#find(keyId))));
  }

  /** @throws SubjectKeyError */
  #usable(keyId: string, known: KnownKey | undefined): KeyObject | undefined {
    if (known === undefined) throw new SubjectKeyError('missing', keyId, { tableName: this.#table.tableName });
    return known === 'forgotten' ? undefined : known;
  }

  async #once(what: string, work: () => Promise<KnownKey | undefined>): Promise<KnownKey | undefined> {
    const underWay = this.#underWay.get(what);
    if (underWay !== undefined) return underWay;
    const begun = work().finally(() => this.#underWay.delete(what));
    this.#underWay.set(what, begun);
    return begun;
  }

  async #find(keyId: string): Promise<KnownKey | undefined> {
    const askedAt = this.#cache.now();
    const item = await this.#table.find(keyId);
    if (item === undefined) return undefined;
    const known = isForgottenItem(item) ? 'forgotten' : (await this.#unwrap(keyId, item)).key;
    return this.#cache.set(keyId, known, askedAt);
  }

  /** If two processes make a key for one subject, the first one's is stored, and the other process uses that. */
  async #create(keyId: string): Promise<KnownKey | undefined> {
    const askedAt = this.#cache.now();
    const { key, wrappedKey } = await this.#wrapping.generate(keyId);
    const wrapped = { wrapping: this.#wrapping.name, wrappedKey };
    const isStored = await this.#table.put(createPut(this.#table.tableName, keyId, wrapped));
    // Not stored either if the answer was lost, and the SDK sent it again.
    return isStored ? this.#cache.set(keyId, key, askedAt) : this.#find(keyId);
  }

  async #unwrap(
    keyId: string,
    { wrapping: name, wrappedKey }: WrappedKey,
  ): Promise<{ readonly key: KeyObject; readonly wrapping: KeyWrapping }> {
    for (const wrapping of this.#wrappings) {
      const key = wrapping.name === name ? await wrapping.unwrap(keyId, wrappedKey) : undefined;
      if (key !== undefined) return { key, wrapping };
    }
    throw new SubjectKeyError('other-wrapping', keyId, { tableName: this.#table.tableName });
  }

  /** @returns whether it changed. */
  async #rewrapOne(item: Item): Promise<boolean> {
    const keyId = keyIdOfItem(item);
    const before = this.#table.parse(keyId, item);
    if (isForgottenItem(before)) return false;
    const { key, wrapping } = await this.#unwrap(keyId, before);
    if (wrapping === this.#wrapping) return false;
    const wrapped = { wrapping: this.#wrapping.name, wrappedKey: await this.#wrapping.wrap(keyId, key) };
    // Not if it was forgotten, or rewrapped by another process, meanwhile.
    return this.#table.put(rewrapPut(this.#table.tableName, item, before, wrapped));
  }
}
