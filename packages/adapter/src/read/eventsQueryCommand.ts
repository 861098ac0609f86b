import type { QueryCommandInput, QueryCommandOutput } from '@aws-sdk/client-dynamodb';
import type { DeserializeHandlerOutput, DeserializeMiddleware } from '@smithy/types';

import type { Item, ItemsPage } from '../codec/eventItem.js';
import { parseItems } from '../codec/itemJson.js';
import { collectBody, splitResponse } from '../codec/responseBody.js';
import { QueryCommand } from '../sdkCommands.js';
import { leaveOutLogger, placeMiddlewares } from '../sdkMiddleware.js';

/**
 * A Query whose items stay the bytes that came over the wire until somebody reads them.
 *
 *     request   ─ initialize … serialize … (signing, retries) ─ hand over ─ deserializer ─ keep items ─▶ HTTP
 *     response  ◀─ output.Items: the kept bytes, parsed on first use ─ output: all but the items ─ body ─ HTTP
 *
 * "Keep items" cuts the items out of a successful response and lets the SDK deserialise the small rest; "hand over" puts
 * the bytes on the output. Errors, retries, metadata and everything else stay the SDK's. Whoever reads `output.Items`,
 * such as a middleware or a logger of the client's owner, gets what the SDK would have given; from then on that counts,
 * changed or not, and not the bytes.
 */
export class EventsQueryCommand extends QueryCommand {
  /** A version of the SDK without middlewares of these names gets a plain Query, which serves as well, if not as fast. */
  override resolveMiddleware(...args: Parameters<QueryCommand['resolveMiddleware']>) {
    try {
      placeItemsKeeper(this, args[1]);
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

const MIDDLEWARES = [
  { name: 'keepItems', relation: 'after', toMiddleware: 'deserializerMiddleware', middleware: keepItemsMiddleware },
  {
    name: 'handOverItems',
    relation: 'before',
    toMiddleware: 'deserializerMiddleware',
    middleware: handOverItemsMiddleware,
  },
] as const;

/**
 * Lets a Query, or a Scan, whose answers have the same form, keep its items.
 *
 * Before @aws-sdk/core 3.981.2, which comes with version 3.1169 of the client, the SDK reads the whole output for a log
 * entry also if the client has no logger, and so would read every item. It knows its own silent logger by the name of
 * its class, which a minified bundle changes.
 */
export const placeItemsKeeper = (
  command: { readonly middlewareStack: unknown },
  { logger }: { readonly logger?: object | undefined },
): void => {
  placeMiddlewares(command, MIDDLEWARES);
  if (logger?.constructor.name === 'NoOpLogger') leaveOutLogger(command);
};

const ITEMS = Symbol('items');

interface HttpResponse {
  statusCode?: number;
  body?: unknown;
  [ITEMS]?: Buffer | undefined;
}

const keepItems = async (result: Result): Promise<Result> => {
  const response = result.response as HttpResponse;
  if (response.statusCode !== 200) return result;

  const body = await collectBody(response.body);
  const split = body && splitResponse(body);
  response.body = split?.envelope ?? body ?? response.body;
  response[ITEMS] = split?.items;
  return result;
};

interface KeepsItems {
  Items: Item[] | undefined;
  [ITEMS]: Buffer;
}

/**
 * `output.Items` until somebody reads or sets it. One accessor for all outputs, with the bytes beside it: V8 puts an
 * accessor into the memory for what lives long. If its functions closed over the bytes, each page would stay until a full
 * garbage collection, and these would be frequent.
 */
const ITEMS_ACCESSOR = {
  get(this: KeepsItems): Item[] | undefined {
    return (this.Items = parseItems(this[ITEMS]));
  },
  set(this: KeepsItems, value: Item[] | undefined): void {
    // Does not throw if somebody has frozen the output.
    Reflect.defineProperty(this, 'Items', { value, writable: true });
  },
  enumerable: true,
  configurable: true,
};

const handOverItems = (result: Result): Result => {
  const value = (result.response as HttpResponse)[ITEMS];
  if (value !== undefined) Object.defineProperties(result.output, { [ITEMS]: { value }, Items: ITEMS_ACCESSOR });
  return result;
};

export const itemsPageOf = (output: Pick<QueryCommandOutput, 'Items' | 'Count' | 'LastEvaluatedKey'>): ItemsPage => {
  const { LastEvaluatedKey, Count } = output;
  const isUnread = Object.getOwnPropertyDescriptor(output, 'Items')?.get === ITEMS_ACCESSOR.get;
  if (isUnread && Count !== undefined) return { Items: (output as KeepsItems)[ITEMS], Count, LastEvaluatedKey };
  const { Items } = output;
  return { Items, Count: Items?.length ?? 0, LastEvaluatedKey };
};
