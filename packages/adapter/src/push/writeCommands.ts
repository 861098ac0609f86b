import { types } from 'node:util';

import {
  type DynamoDBClient,
  PutItemCommand,
  type PutItemCommandInput,
  type TransactWriteItem,
  TransactWriteItemsCommand,
  type TransactWriteItemsCommandInput,
} from '@aws-sdk/client-dynamodb';

import type { Item } from '../codec/eventItem.js';
import { hasProtoMember, stringifyItem } from '../codec/itemJson.js';
import { UnsupportedSdkError } from '../errors.js';
import { placeMiddlewares } from '../sdkMiddleware.js';
import { takeItemsOutOfRefusals } from './refusals.js';

/*
 * A PutItem and a TransactWriteItems that keep members named `__proto__`, which most versions of the SDK leave out of a
 * request without a word. If there is such a member, the items are written into the request's body by our own hand.
 *
 *     input ─ initialize ─ take out ─ serializer ─ put in ─ build … (signing, retries) ─▶ HTTP
 *
 * "Take out" gives the SDK's serializer the input with empty items, "put in" writes the items into the body that it
 * made. Both use the input as it comes out of all earlier middlewares, so what the client's owner changed is sent.
 *
 * With a version of the SDK that has no middlewares of these names, a write without such members is a plain one, and a
 * write with them is refused.
 */

export class PutEventCommand extends PutItemCommand {
  constructor(client: DynamoDBClient, input: PutItemCommandInput) {
    super(input);
    placeMiddlewares(client, this, MIDDLEWARES);
  }

  override resolveMiddleware(...args: Parameters<PutItemCommand['resolveMiddleware']>) {
    try {
      return super.resolveMiddleware(...args);
    } catch (error) {
      refuseProtoMembers(this.input, error);
      return new PutItemCommand(this.input).resolveMiddleware(...args);
    }
  }
}

export class PutEventGroupCommand extends TransactWriteItemsCommand {
  constructor(client: DynamoDBClient, input: TransactWriteItemsCommandInput) {
    super(input);
    placeMiddlewares(client, this, MIDDLEWARES);
  }

  override resolveMiddleware(...args: Parameters<TransactWriteItemsCommand['resolveMiddleware']>) {
    try {
      return super.resolveMiddleware(...args);
    } catch (error) {
      refuseProtoMembers(this.input, error);
      return new TransactWriteItemsCommand(this.input).resolveMiddleware(...args);
    }
  }
}

interface WriteInput {
  Item?: Item | undefined;
  TransactItems?: TransactWriteItem[] | undefined;
}

const itemsOf = ({ Item, TransactItems = [] }: WriteInput): Item[] =>
  [Item, ...TransactItems.map(({ Put }) => Put?.Item)].filter(item => item !== undefined);

const refuseProtoMembers = (input: WriteInput, cause: unknown): void => {
  if (itemsOf(input).some(hasProtoMember)) throw new UnsupportedSdkError(cause);
};

/** How the input carries its items past the serializer, which knows no symbols. */
const ITEMS = Symbol('the items of a write');

interface Args {
  input: WriteInput & { [ITEMS]?: Item[] };
  request?: unknown;
}
type Next = (args: Args) => Promise<unknown>;

const takeItemsOut =
  (next: Next): Next =>
  async args => {
    const items = itemsOf(args.input);
    if (!items.some(hasProtoMember)) return next(args);

    const { Item, TransactItems } = args.input;
    const rest = {
      ...args.input,
      ...(Item === undefined ? {} : { Item: {} }),
      ...(TransactItems === undefined ? {} : { TransactItems: TransactItems.map(withoutItem) }),
    };
    return next({ ...args, input: Object.assign(rest, { [ITEMS]: items }) });
  };

const withoutItem = (write: TransactWriteItem): TransactWriteItem =>
  write.Put?.Item === undefined ? write : { ...write, Put: { ...write.Put, Item: {} } };

const EMPTY_ITEM = '"Item":{}';

const putItemsIn =
  (next: Next): Next =>
  async args => {
    const { [ITEMS]: items } = args.input;
    if (items === undefined) return next(args);

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
  types.isUint8Array(body) ? Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString() : String(body);

const MIDDLEWARES = [
  {
    name: 'takeItemsOutOfRefusals',
    relation: 'after',
    toMiddleware: 'deserializerMiddleware',
    middleware: takeItemsOutOfRefusals,
  },
  { name: 'takeItemsOut', relation: 'before', toMiddleware: 'serializerMiddleware', middleware: takeItemsOut },
  { name: 'putItemsIn', relation: 'after', toMiddleware: 'serializerMiddleware', middleware: putItemsIn },
] as const;
