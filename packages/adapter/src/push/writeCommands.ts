import type {
  DynamoDBClient,
  PutItemCommandInput,
  PutItemCommandOutput,
  TransactWriteItem,
  TransactWriteItemsCommandInput,
  TransactWriteItemsCommandOutput,
} from '@aws-sdk/client-dynamodb';

import type { Item } from '../codec/eventItem.js';
import { hasProtoMember, stringifyJson } from '../codec/itemJson.js';
import { UnsupportedSdkError } from '../errors.js';
import { PutItemCommand, TransactWriteItemsCommand } from '../sdkCommands.js';
import { placeMiddlewares } from '../sdkMiddleware.js';
import { isMisread, takeItemsOutOfRefusals } from './refusals.js';

/*
 * A PutItem and a TransactWriteItems that keep members named `__proto__`, which most versions of the SDK leave out of a
 * request without a word. If there is such a member, the items are written once more into the body that the SDK's
 * serializer made, as they come out of all earlier middlewares: what the client's owner changed is sent.
 *
 * With a version of the SDK that has no middlewares of these names, a write without such members is a plain one, and a
 * write with them is refused.
 */

type Options = [options?: { abortSignal: AbortSignal }];

export const sendPut = (
  client: DynamoDBClient,
  put: PutItemCommandInput,
  ...options: Options
): Promise<PutItemCommandOutput> =>
  sendWrite(
    put,
    () => client.send(new PutItemCommand(put), ...options),
    () => client.send(new PutProtoMembersCommand(put), ...options),
  );

export const sendTransaction = (
  client: DynamoDBClient,
  input: TransactWriteItemsCommandInput,
): Promise<TransactWriteItemsCommandOutput> =>
  sendWrite(
    input,
    () => client.send(new TransactWriteItemsCommand(input)),
    () => client.send(new TransactProtoMembersCommand(input)),
  );

/**
 * Nearly always, a write is a plain command: middlewares of our own in each would cost more CPU than to check and encode
 * the event. Only if the SDK misread a refusal, as there is such a member in an item that it hands back, the same write is
 * sent again, and what it hands back is read with care.
 */
const sendWrite = async <OUTPUT>(
  input: WriteInput,
  sendPlain: () => Promise<OUTPUT>,
  sendWithCare: () => Promise<OUTPUT>,
): Promise<OUTPUT> => {
  if (!hasProtoMembers(input)) {
    try {
      return await sendPlain();
    } catch (error) {
      if (!isMisread(error)) throw error;
    }
  }
  return sendWithCare();
};

/* Classes of their own, as a client with `cacheMiddleware` keeps the handlers of a class for its later instances. */

class PutProtoMembersCommand extends PutItemCommand {
  override resolveMiddleware(...args: Parameters<PutItemCommand['resolveMiddleware']>) {
    try {
      placeMiddlewares(this, MIDDLEWARES);
      return super.resolveMiddleware(...args);
    } catch (error) {
      if (hasProtoMembers(this.input)) throw new UnsupportedSdkError(error);
      return new PutItemCommand(this.input).resolveMiddleware(...args);
    }
  }
}

class TransactProtoMembersCommand extends TransactWriteItemsCommand {
  override resolveMiddleware(...args: Parameters<TransactWriteItemsCommand['resolveMiddleware']>) {
    try {
      placeMiddlewares(this, MIDDLEWARES);
      return super.resolveMiddleware(...args);
    } catch (error) {
      if (hasProtoMembers(this.input)) throw new UnsupportedSdkError(error);
      return new TransactWriteItemsCommand(this.input).resolveMiddleware(...args);
    }
  }
}

interface WriteInput {
  Item?: Item | undefined;
  TransactItems?: TransactWriteItem[] | undefined;
}

const hasProtoMembers = ({ Item, TransactItems = [] }: WriteInput): boolean =>
  (Item !== undefined && hasProtoMember(Item)) ||
  TransactItems.some(({ Put }) => Put?.Item !== undefined && hasProtoMember(Put.Item));

interface Args {
  input: WriteInput;
  request: { body?: unknown };
}

const writeProtoMembers =
  (next: (args: Args) => Promise<unknown>) =>
  async (args: Args): Promise<unknown> => {
    if (hasProtoMembers(args.input)) args.request.body = withItems(args.request.body, args.input);
    return next(args);
  };

/** The body is a string or, in newer versions of the SDK, its bytes. Its members are those of the input, and more. */
const withItems = (body: unknown, { Item, TransactItems }: WriteInput): string => {
  try {
    // By its buffer: the SDK warns if anybody asks such a body for its text.
    const bytes = ArrayBuffer.isView(body) ? Buffer.from(body.buffer, body.byteOffset, body.byteLength) : body;
    const text = String(bytes);
    return stringifyJson({ ...JSON.parse(text), Item, TransactItems });
  } catch (error) {
    throw new UnsupportedSdkError(error);
  }
};

const MIDDLEWARES = [
  {
    name: 'takeItemsOutOfRefusals',
    relation: 'after',
    toMiddleware: 'deserializerMiddleware',
    middleware: takeItemsOutOfRefusals,
  },
  {
    name: 'writeProtoMembers',
    relation: 'after',
    toMiddleware: 'serializerMiddleware',
    middleware: writeProtoMembers,
  },
] as const;
