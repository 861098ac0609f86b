import { hasCode, isNamed, memberOf } from '@castore-dynamodb/commons';
import type { Projection } from '@castore-dynamodb/streams';

import type { ExaminedAggregate } from '../content.js';
import { type Finding, problem } from '../finding.js';
import { isDenied, missingPermission } from '../permission.js';

const EXAMPLES = 3;

/** Counts the aggregates with which a projection has not come as far as it should have. */
export class ProjectionLag {
  readonly #projection: Projection;
  readonly #maxLagMs: number;
  readonly #behind: { aggregateId: string; handled: number; latest: number }[] = [];
  readonly #unread: Finding[] = [];
  #isOver = false;
  #oldest: string | undefined;
  #lookedAt = 0;
  #count = 0;

  /** @param maxLagMs how old an event may be that is not handled yet, by its own timestamp */
  constructor(projection: Projection, maxLagMs: number) {
    this.#projection = projection;
    this.#maxLagMs = maxLagMs;
  }

  /** Costs a request for each 100 aggregates, and a read unit for each. */
  async lookAt(aggregates: readonly ExaminedAggregate[]): Promise<void> {
    const { eventStoreIds } = this.#projection;
    const own = aggregates.filter(({ eventStoreId }) => eventStoreIds.includes(eventStoreId));
    if (own.length === 0 || this.#isOver) return;
    try {
      const positions = await this.#projection.positionsOf(own);
      for (const [index, { version, isParked }] of positions.entries()) {
        this.#lookedAt += 1;
        if (!isParked) this.#compare(own[index] as ExaminedAggregate, version);
      }
    } catch (error) {
      this.#note(error);
    }
  }

  /** What keeps the positions of one projection from being read, is no reason to leave out the others. */
  #note(error: unknown): void {
    const { name, projectionTable } = this.#projection;
    if (hasCode(error, 'UnreadablePositionError')) {
      const message = String(memberOf(error, 'message'));
      this.#unread.push(problem('projection-behind', { projection: name, message, remedy: 'The message says it.' }));
    } else if (isDenied(error)) {
      this.#isOver = true;
      const purpose = `the positions of ${name} could not be read`;
      this.#unread.push(missingPermission(projectionTable?.tableName ?? name, error, 'dynamodb:BatchGetItem', purpose));
    } else if (isNamed(error, 'ResourceNotFoundException')) {
      this.#isOver = true;
    } else throw error;
  }

  findings(): Finding[] {
    if (this.#count === 0) return this.#unread;
    const { name } = this.#projection;
    const examples = this.#behind.map(
      ({ aggregateId, handled, latest }) => `${aggregateId} at ${handled} of ${latest}`,
    );
    return [
      ...this.#unread,
      problem('projection-behind', {
        projection: name,
        message: `${name} is behind with ${this.#count} of ${this.#lookedAt} aggregates that were looked at, since ${this.#oldest}: ${examples.join(', ')}.`,
        remedy: `Look whether its stream handler or poller runs. What the stream no longer has: castore-dynamodb replay ${name} --write.`,
      }),
    ];
  }

  #compare({ aggregateId, events }: ExaminedAggregate, handled: number): void {
    const next = events.find(({ version }) => version > handled);
    if (next === undefined || Date.now() - Date.parse(next.timestamp) < this.#maxLagMs) return;
    this.#count += 1;
    if (this.#oldest === undefined || next.timestamp < this.#oldest) this.#oldest = next.timestamp;
    if (this.#behind.length < EXAMPLES) {
      this.#behind.push({ aggregateId, handled, latest: events.at(-1)?.version ?? 0 });
    }
  }
}
