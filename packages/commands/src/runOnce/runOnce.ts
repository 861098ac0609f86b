import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { Command, type CommandInput, type EventStore } from '@castore/core';
import {
  checkClient,
  checkDays,
  checkFunction,
  checkOptions,
  checkString,
  hasCode,
  InvalidArgumentError,
  memberOf,
  type OptionNames,
  refuse,
} from '@castore-dynamodb/commons';

import { CommandUnderWayError } from '../errors.js';
import { holdPushesOf } from './heldEventStore.js';
import { HeldPush } from './heldPush.js';
import { idempotencyKeyOf, recordPut } from './record.js';
import { isUnderWay, Results } from './results.js';
import { packResult, unpackResult } from './storedResult.js';

export interface RunOnceOptions<COMMAND extends Command> {
  /** A Castore `Command`. It pushes at most once: an event or a group. */
  command: COMMAND;
  /** A table with the string keys `pk` (partition key) and `sk` (sort key), as `createProjectionTable` makes it. */
  tableName: string;
  /** To the account and region of the events: result and events are written in one transaction. */
  dynamoDbClient: DynamoDBClient;
  /** What is the same for each repetition, and another one for each new thing to do: a message id, a request id. */
  key: (input: CommandInput<COMMAND>) => string;
  /** How long a result is kept at least. DynamoDB deletes it some time later, by the time to live of `expiresAt`. */
  days: number;
}

const OPTIONS = {
  command: true,
  tableName: true,
  dynamoDbClient: true,
  key: true,
  days: true,
} satisfies OptionNames<RunOnceOptions<Command>>;

/** What another look at the record would not change. */
const OF_THE_RECORD = ['DifferentInputError', 'UnreadableResultError'];

/**
 * A command that acts once for each key, however often it is called, from however many processes at once: its result is
 * written in the transaction of its events, and every later call with that key gets it. A result is what the adapter could
 * store in an event, 100 KB at most; so is what the first call resolves with.
 *
 * The handler's push is checked when it is made, and sent when the handler has returned. So the handler does not see its
 * own event with `getEvents`, and a conflict does not reach it: the command runs again, as Castore's would.
 *
 * Costs one request more, which reads (a read unit for each 4 KB of the result), and two write units for each KB of the
 * result; events cost two for each KB instead of one. A repetition costs the read alone.
 *
 * @returns a command with the same id, event stores, types and retries, and of the same class
 * @throws InvalidArgumentError
 *
 * @example
 * const catchOnce = runOnce({ command: catchPokemon, tableName: 'results', dynamoDbClient, key: ({ messageId }) => messageId, days: 7 });
 * const result = await catchOnce.handler(input, [pokemons]);
 */
export const runOnce = <COMMAND extends Command>(options: RunOnceOptions<COMMAND>): COMMAND => {
  check(options);
  const { command, key, days } = options;
  const results = new Results(options.tableName, options.dynamoDbClient);

  const handler: Command['handler'] = async (input, eventStores, ...context) => {
    const keyOfInput: unknown = key(input as CommandInput<COMMAND>);
    // A promise is no key, and its rejection would end the process if nobody took it.
    Promise.resolve(keyOfInput).catch(() => {});
    // Without the key, which may be somebody's: checkString would show another value's beginning.
    if (typeof keyOfInput !== 'string') throw new InvalidArgumentError('options.key()', 'expected a string.');
    checkString(keyOfInput, 'options.key()');
    const idempotencyKey = idempotencyKeyOf(command.commandId, keyOfInput, input);

    /** Reads, decides and writes. If it throws, it has written nothing. */
    const attempt = async (): Promise<() => unknown> => {
      const known = await results.find(idempotencyKey);
      if (known !== undefined) return () => known.result;

      const held = new HeldPush(command.commandId, options.dynamoDbClient);
      const stores = holdPushesOf(eventStores as EventStore[], held);
      try {
        const packed = await packResult(command.commandId, await command.handler(input, stores, ...context));
        // What is not the same when it comes back is not written: the first answer is made of what is stored, as all are.
        const answer = await unpackResult(packed);
        const record = recordPut(options.tableName, idempotencyKey, packed, days);
        if (!(await held.commit(record))) await results.storeAlone(record);
        return () => answer;
      } catch (error) {
        await held.abandon(error);
        if (!held.isWritten) throw error;
        // What fails after the push is onEventPushed. A conflict of its own is no reason to run the command again.
        return () => {
          throw error;
        };
      }
    };

    const { commandId, requiredEventStores, eventAlreadyExistsRetries, onEventAlreadyExists } = command;
    const retried = new Command({
      commandId,
      requiredEventStores,
      eventAlreadyExistsRetries,
      onEventAlreadyExists,
      handler: attempt,
    });
    /** The same, as often as the command says. */
    const run = async (): Promise<() => unknown> => {
      try {
        return await retried.handler(input, eventStores);
      } catch (error) {
        if (OF_THE_RECORD.some(code => hasCode(error, code))) throw error;
        // Another call with this key may have come in between, or this one was carried out and its answer was lost.
        const known = await results.find(idempotencyKey).catch(failure => {
          if (OF_THE_RECORD.some(code => hasCode(failure, code))) throw failure;
          return undefined;
        });
        if (known !== undefined) return () => known.result;
        throw isUnderWay(error) ? new CommandUnderWayError(commandId, { cause: error }) : error;
      }
    };
    return (await run())();
  };

  return Object.assign(Object.create(Object.getPrototypeOf(command) as object) as COMMAND, command, { handler });
};

const check = (options: unknown): void => {
  checkOptions(options, 'options', OPTIONS);
  const { command, tableName, dynamoDbClient, key, days } = options as RunOnceOptions<Command>;
  if (typeof memberOf(command, 'handler') !== 'function' || typeof memberOf(command, 'commandId') !== 'string') {
    refuse('options.command', 'a Command of Castore', command);
  }
  checkString(tableName, 'options.tableName');
  checkClient(dynamoDbClient, 'options.dynamoDbClient');
  checkFunction(key, 'options.key');
  checkDays(days, 'options.days');
};
