import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { withDeadline } from '@castore-dynamodb/commons';

import { addressOf } from './destination.js';

/** How long an attempt of a request may go without an answer, in milliseconds. */
export interface Patience {
  /** Until somebody at a terminal is told what is waited for. */
  readonly noticeMs: number;
  /** Until it is given up. Clients of the SDK wait forever by default. */
  readonly deadlineMs: number;
}

/** DynamoDB answers within milliseconds, and slow operations within seconds. */
const PATIENCE: Patience = { noticeMs: 5_000, deadlineMs: 60_000 };

const MIDDLEWARE = 'awaitAnswer';

/** Says which answer has not come for a while, and gives it up in the end: for endpoints that accept and never answer. */
export class Answers {
  readonly #note: (sentence: string) => void;
  readonly #patience: Patience;
  readonly #watched = new Set<DynamoDBClient>();
  /** Of many requests at a time, one is named until something was answered. */
  #hasSaid = false;

  constructor(note: (sentence: string) => void, patience = PATIENCE) {
    this.#note = note;
    this.#patience = patience;
  }

  watch(watched: DynamoDBClient | DynamoDBStreamsClient): void {
    // Their middlewares take the same steps.
    const client = watched as DynamoDBClient;
    this.#watched.add(client);
    client.middlewareStack.add(
      (next, { commandName = '' }) =>
        args => {
          const operation = `${commandName.replace(/Command$/, '')} to ${addressOf(args.request)}`;
          const { deadlineMs: milliseconds } = this.#patience;
          return this.notice(`${operation} has no answer yet`, () =>
            withDeadline({ operation, milliseconds }, () => next(args)),
          );
        },
      // Within the SDK's own repetitions, and when the request has its address.
      { step: 'finalizeRequest', name: MIDDLEWARE, priority: 'low', override: true },
    );
  }

  /** Prints a sentence if the work takes long. */
  async notice<RESULT>(sentence: string, work: () => Promise<RESULT>): Promise<RESULT> {
    const notice = setTimeout(() => this.#say(sentence), this.#patience.noticeMs);
    try {
      return await work();
    } finally {
      clearTimeout(notice);
      this.#hasSaid = false;
    }
  }

  #say(sentence: string): void {
    if (!this.#hasSaid) this.#note(`${sentence}. Still waiting; Ctrl-C ends it.`);
    this.#hasSaid = true;
  }

  close(): void {
    for (const client of this.#watched) client.middlewareStack.remove(MIDDLEWARE);
  }
}
