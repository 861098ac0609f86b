import {
  PutItemCommand,
  type PutItemCommandInput,
  TransactWriteItemsCommand,
  type TransactWriteItemsCommandInput,
} from '@aws-sdk/client-dynamodb';

import type { Item } from '../events/eventItem.js';

/*
 * What a failed condition hands back, for members named `__proto__` too. The SDK (seen in 3.1162) empties those as it
 * reads an error, and then throws a TypeError over them in the error's place. So where a refusal has one, its items are
 * taken out of the answer before the SDK reads it.
 */

interface RawValue {
  B?: string | Uint8Array;
  BS?: (string | Uint8Array)[];
  L?: RawValue[];
  M?: Record<string, RawValue>;
}

interface Refused {
  Item?: Item;
}

/** What there is to see of a refusal: in the body of the answer as in the SDK's error. */
interface Refusal extends Refused {
  CancellationReasons?: Refused[];
}

interface HttpAnswer {
  statusCode?: number;
  body?: Uint8Array | AsyncIterable<Uint8Array>;
}

/** By the answer, which the SDK hangs on its errors: a client may share a middleware's closure between its calls. */
const takenItems = new WeakMap<object, readonly (Item | undefined)[]>();

/** The item that was found in the place of the write at `index`. */
export const conflictItem = (error: unknown, index = 0): Item | undefined => {
  const { Item: item, CancellationReasons: reasons, $response: answer } = error as Refusal & { $response?: object };
  const taken = answer && takenItems.get(answer);
  return taken === undefined ? (reasons?.[index]?.Item ?? item) : taken[index];
};

const readBody = async (body: HttpAnswer['body'] = new Uint8Array()): Promise<Buffer> => {
  if (body instanceof Uint8Array) return Buffer.from(body);
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks);
};

const parseRefusal = (body: Buffer): Refusal | undefined => {
  if (!body.includes('"__proto__"')) return undefined;
  try {
    return JSON.parse(body.toString()) as Refusal;
  } catch {
    return undefined;
  }
};

const fromBase64 = (bytes: string | Uint8Array): Uint8Array => new Uint8Array(Buffer.from(bytes as string, 'base64'));

/** In place, as the SDK does it: all that JSON lacks are bytes. */
const decodeBytes = (value: RawValue): void => {
  if (value.B !== undefined) value.B = fromBase64(value.B);
  if (value.BS !== undefined) value.BS = value.BS.map(fromBase64);
  for (const inner of [...(value.L ?? []), ...Object.values(value.M ?? {})]) decodeBytes(inner);
};

const takeItem = (refused: Refused): Item | undefined => {
  const { Item: item } = refused;
  delete refused.Item;
  for (const value of Object.values(item ?? {})) decodeBytes(value);
  return item;
};

type Handler = (args: never) => Promise<{ response: unknown }>;

const takeItemsOutOfRefusals =
  <HANDLER extends Handler>(next: HANDLER) =>
  async (args: Parameters<HANDLER>[0]): Promise<Awaited<ReturnType<HANDLER>>> => {
    const output = (await next(args)) as Awaited<ReturnType<HANDLER>>;
    const answer = output.response as HttpAnswer;
    if (answer.statusCode !== 400) return output;

    const body = await readBody(answer.body);
    const refusal = parseRefusal(body);
    if (refusal !== undefined) takenItems.set(answer, (refusal.CancellationReasons ?? [refusal]).map(takeItem));
    answer.body = refusal === undefined ? body : Buffer.from(JSON.stringify(refusal));
    return output;
  };

const POSITION = { relation: 'after', toMiddleware: 'deserializerMiddleware', name: 'takeItemsOutOfRefusals' } as const;

/** Classes of their own, since a client may cache its middleware by the command's class. */
export class PutEventCommand extends PutItemCommand {
  constructor(input: PutItemCommandInput) {
    super(input);
    this.middlewareStack.addRelativeTo(takeItemsOutOfRefusals, POSITION);
  }
}

export class PutEventGroupCommand extends TransactWriteItemsCommand {
  constructor(input: TransactWriteItemsCommandInput) {
    super(input);
    this.middlewareStack.addRelativeTo(takeItemsOutOfRefusals, POSITION);
  }
}
