import {
  type DynamoDBClient,
  QueryCommand,
  type QueryCommandInput,
  type QueryCommandOutput,
} from '@aws-sdk/client-dynamodb';
import type { DeserializeHandlerOutput, DeserializeMiddleware } from '@smithy/types';

import type { Item } from '../events/eventItem.js';
import { collectBody } from './collectBody.js';
import { parseItems } from './parseItems.js';
import { splitResponse } from './splitResponse.js';
import { leaveUnheardLogsOut } from './unheardLogs.js';

/**
 * A Query whose items stay the bytes that came over the wire until somebody wants them, in the form that is wanted.
 *
 *     request   ─ initialize … serialize … (signing, retries) ─ hand over ─ deserializer ─ keep items ─▶ HTTP
 *     response  ◀─ output.Items: the kept bytes, parsed on first use ─ output: all but the items ─ body ─ HTTP
 *
 * "Keep items" cuts the items out of a successful response and lets the SDK deserialise the small rest; "hand over" puts
 * the bytes on the output. Errors, retries, metadata and everything else stay the SDK's. Whoever reads `output.Items`,
 * such as a middleware or a logger of the client's owner, gets what the SDK would have given; from then on that counts,
 * changed or not, and not the bytes.
 *
 * A client with `cacheMiddleware` keeps the handlers of a command class and uses them for its later instances, so nothing
 * here may depend on the instance, but for its client; and this is a class of its own, so that plain Queries stay plain.
 */
export class EventsQueryCommand extends QueryCommand {
  constructor(client: DynamoDBClient, input: QueryCommandInput) {
    super(input);
    this.middlewareStack.addRelativeTo(keepItemsMiddleware, {
      relation: 'after',
      toMiddleware: 'deserializerMiddleware',
      name: 'keepItems',
    });
    this.middlewareStack.addRelativeTo(handOverItemsMiddleware, {
      relation: 'before',
      toMiddleware: 'deserializerMiddleware',
      name: 'handOverItems',
    });
    leaveUnheardLogsOut(client, this);
  }

  /** A version of the SDK without middlewares of these names gets a plain Query, which serves as well, if not as fast. */
  override resolveMiddleware(...args: Parameters<QueryCommand['resolveMiddleware']>) {
    try {
      return super.resolveMiddleware(...args);
    } catch {
      return new QueryCommand(this.input).resolveMiddleware(...args);
    }
  }
}

type Middleware = DeserializeMiddleware<QueryCommandInput, QueryCommandOutput>;
type Result = DeserializeHandlerOutput<QueryCommandOutput>;
const keepItemsMiddleware: Middleware = next => async args => keepItems(await next(args));
const handOverItemsMiddleware: Middleware = next => async args => handOverItems(await next(args));

const ITEMS = Symbol('the items of a Query response');

interface HttpResponse {
  statusCode?: number;
  body?: unknown;
  [ITEMS]?: Buffer;
}

const keepItems = async (result: Result): Promise<Result> => {
  const response = result.response as HttpResponse;
  if (response.statusCode !== 200) return result;

  const body = await collectBody(response.body);
  const split = body && splitResponse(body);
  if (body !== undefined) response.body = split?.envelope ?? body;
  if (split !== undefined) response[ITEMS] = split.items;
  return result;
};

/** The bytes behind the getters of `output.Items`, as long as nobody has called them. */
const unreadItems = new WeakMap<() => Item[] | undefined, Buffer>();

const handOverItems = (result: Result): Result => {
  const bytes = (result.response as HttpResponse)[ITEMS];
  if (bytes === undefined) return result;

  let items: Item[] | undefined;
  const get = (): Item[] | undefined => {
    if (unreadItems.delete(get)) items = parseItems(bytes);
    return items;
  };
  const set = (replacement: Item[] | undefined): void => {
    unreadItems.delete(get);
    items = replacement;
  };
  unreadItems.set(get, bytes);
  Object.defineProperty(result.output, 'Items', { get, set, enumerable: true, configurable: true });
  return result;
};

/** The bytes of an output's items, as long as nobody has looked at `output.Items`. */
export const untouchedItems = (output: QueryCommandOutput): Buffer | undefined => {
  const getter: (() => Item[] | undefined) | undefined = Object.getOwnPropertyDescriptor(output, 'Items')?.['get'];
  return getter && unreadItems.get(getter);
};
