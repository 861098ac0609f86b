import {
  type DynamoDBClient,
  PutItemCommand,
  type PutItemCommandInput,
  type PutItemCommandOutput,
  TransactWriteItemsCommand,
  type TransactWriteItemsCommandInput,
  type TransactWriteItemsCommandOutput,
} from '@aws-sdk/client-dynamodb';
import type { SerializeMiddleware } from '@smithy/types';

import { UnsupportedSdkError } from '../errors/index.js';
import type { Item } from '../events/eventItem.js';
import { takeItemsOutOfRefusals } from './refusals.js';
import { stringifyItem } from './stringifyItem.js';
import { leaveUnheardLogsOut } from './unheardLogs.js';

type PutMiddlewareArguments = Parameters<PutItemCommand['resolveMiddleware']>;
type TransactWriteMiddlewareArguments = Parameters<TransactWriteItemsCommand['resolveMiddleware']>;

/**
 * A PutItem of an event, without log entries that nobody hears; with a version of the SDK that has no middlewares of the
 * names in use here, a plain PutItem.
 */
class PutEventCommand extends PutItemCommand {
  constructor(client: DynamoDBClient, input: PutItemCommandInput) {
    super(input);
    this.middlewareStack.addRelativeTo(takeItemsOutOfRefusals, { ...TAKE_OUT_OF_REFUSALS });
    leaveUnheardLogsOut(client, this);
  }

  override resolveMiddleware(...args: PutMiddlewareArguments) {
    try {
      return super.resolveMiddleware(...args);
    } catch {
      return new PutItemCommand(this.input).resolveMiddleware(...args);
    }
  }
}

class PutEventGroupCommand extends TransactWriteItemsCommand {
  constructor(client: DynamoDBClient, input: TransactWriteItemsCommandInput) {
    super(input);
    this.middlewareStack.addRelativeTo(takeItemsOutOfRefusals, { ...TAKE_OUT_OF_REFUSALS });
    leaveUnheardLogsOut(client, this);
  }

  override resolveMiddleware(...args: TransactWriteMiddlewareArguments) {
    try {
      return super.resolveMiddleware(...args);
    } catch {
      return new TransactWriteItemsCommand(this.input).resolveMiddleware(...args);
    }
  }
}

/**
 * The same for events with members named `__proto__`, which most versions of the SDK leave out of the request without
 * a word: here the items are written into the request's body by our own hand.
 *
 *     input ─ initialize ─ take out ─ serializer ─ put in ─ build … (signing, retries) ─▶ HTTP
 *
 * "Take out" gives the SDK's serializer the input with empty items, "put in" writes the items into the body that it
 * made. Both use the input as it comes out of all earlier middlewares, so what the client's owner changed is sent.
 *
 * These are classes of their own because a client with `cacheMiddleware` keeps the handlers of a command class.
 */
class PutEventByHandCommand extends PutEventCommand {
  constructor(client: DynamoDBClient, input: PutItemCommandInput) {
    super(client, input);
    this.middlewareStack.addRelativeTo(takePutItemOut, { ...TAKE_OUT });
    this.middlewareStack.addRelativeTo(putItemsIn<PutItemCommandInput, PutItemCommandOutput>, { ...PUT_IN });
  }

  override resolveMiddleware(...args: PutMiddlewareArguments) {
    try {
      return PutItemCommand.prototype.resolveMiddleware.apply(this, args);
    } catch (error) {
      throw new UnsupportedSdkError(error);
    }
  }
}

class PutEventGroupByHandCommand extends PutEventGroupCommand {
  constructor(client: DynamoDBClient, input: TransactWriteItemsCommandInput) {
    super(client, input);
    this.middlewareStack.addRelativeTo(takeTransactItemsOut, { ...TAKE_OUT });
    this.middlewareStack.addRelativeTo(putItemsIn<TransactWriteItemsCommandInput, TransactWriteItemsCommandOutput>, {
      ...PUT_IN,
    });
  }

  override resolveMiddleware(...args: TransactWriteMiddlewareArguments) {
    try {
      return TransactWriteItemsCommand.prototype.resolveMiddleware.apply(this, args);
    } catch (error) {
      throw new UnsupportedSdkError(error);
    }
  }
}

export const putEventCommand = (client: DynamoDBClient, input: PutItemCommandInput, byHand: boolean): PutItemCommand =>
  byHand ? new PutEventByHandCommand(client, input) : new PutEventCommand(client, input);

export const putEventGroupCommand = (
  client: DynamoDBClient,
  input: TransactWriteItemsCommandInput,
  byHand: boolean,
): TransactWriteItemsCommand =>
  byHand ? new PutEventGroupByHandCommand(client, input) : new PutEventGroupCommand(client, input);

const TAKE_OUT_OF_REFUSALS = {
  relation: 'after',
  toMiddleware: 'deserializerMiddleware',
  name: 'takeItemsOutOfRefusals',
} as const;
const TAKE_OUT = { relation: 'before', toMiddleware: 'serializerMiddleware', name: 'takeItemsOut' } as const;
const PUT_IN = { relation: 'after', toMiddleware: 'serializerMiddleware', name: 'putItemsIn' } as const;

const EMPTY_ITEM = '"Item":{}';
/** Where the input carries its items past the serializer, which knows no symbols. */
const ITEMS = Symbol('the items of a write');

const takeItemsOut =
  <INPUT extends object, OUTPUT extends object>(
    takeOut: (input: INPUT) => { items: Item[]; rest: INPUT },
  ): SerializeMiddleware<INPUT, OUTPUT> =>
  next =>
  async args => {
    const { items, rest } = takeOut(args.input);
    return next({ ...args, input: Object.assign(rest, { [ITEMS]: items }) });
  };

const takePutItemOut = takeItemsOut<PutItemCommandInput, PutItemCommandOutput>(input => ({
  items: [input.Item ?? {}],
  rest: { ...input, Item: {} },
}));

const takeTransactItemsOut = takeItemsOut<TransactWriteItemsCommandInput, TransactWriteItemsCommandOutput>(input => {
  const transactItems = input.TransactItems ?? [];
  return {
    items: transactItems.flatMap(({ Put }) => (Put === undefined ? [] : [Put.Item ?? {}])),
    rest: {
      ...input,
      TransactItems: transactItems.map(({ Put, ...other }) =>
        Put === undefined ? other : { ...other, Put: { ...Put, Item: {} } },
      ),
    },
  };
});

const putItemsIn =
  <INPUT extends object, OUTPUT extends object>(
    next: Parameters<SerializeMiddleware<INPUT, OUTPUT>>[0],
  ): ReturnType<SerializeMiddleware<INPUT, OUTPUT>> =>
  async args => {
    const { [ITEMS]: items } = args.input as { [ITEMS]: Item[] };
    const request = args.request as { body?: unknown };
    // Within a JSON string every quote has a backslash before it, so that this matches members only.
    const parts = bodyText(request.body).split(EMPTY_ITEM);
    if (parts.length !== items.length + 1) throw new UnsupportedSdkError(undefined);
    request.body = parts.reduce(
      (body, part, index) => `${body}"Item":${stringifyItem(items[index - 1] as Item)}${part}`,
    );
    return next(args);
  };

/** The body is a string or, in newer versions of the SDK, its bytes. */
const bodyText = (body: unknown): string =>
  body instanceof Uint8Array ? Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString() : String(body);
