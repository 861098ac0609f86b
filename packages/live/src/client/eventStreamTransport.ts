import type { Transport, TransportEnding, TransportEvents, TransportOptions } from './transport.js';

const TYPE = 'text/event-stream';

/** Server-sent events, read with `fetch`, as it tells the status of a refusal and there is no EventSource in Node. */
export const eventStreamTransport: Transport = (options, events) => {
  const controller = new AbortController();
  read(options, events, controller.signal).then(
    ending => events.closed(ending),
    (cause: unknown) => events.closed({ text: 'The server could not be reached, or the connection broke.', cause }),
  );
  return { close: () => controller.abort(), ping: () => {} };
};

/** Resolves when the stream is over. */
const read = async (
  { url, filters, after }: TransportOptions,
  events: TransportEvents,
  signal: AbortSignal,
): Promise<TransportEnding> => {
  const target = new URL(url);
  target.searchParams.set('filters', filters);
  if (after !== undefined) target.searchParams.set('after', after);
  const response = await fetch(target.href, { headers: { accept: TYPE }, signal });
  const { status, headers, body } = response;
  if (status !== 200 || body === null) return { ...endIn(await response.text()), status };
  if (headers.get('content-type')?.startsWith(TYPE) !== true) return { status };
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let rest = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return {};
    const parts = (rest + decoder.decode(value, { stream: true })).split('\n\n');
    rest = parts.pop() as string;
    for (const part of parts) {
      const { event, id, data } = fieldsOf(part);
      if (event === 'end') return endIn(data);
      if (event === 'subscribed') events.subscribed(id);
      else events.message(event === 'position' ? '' : data, id);
    }
  }
};

const fieldsOf = (text: string) => {
  const fields = { event: '', id: '', data: '' };
  for (const line of text.split('\n')) {
    const colon = line.indexOf(': ');
    const name = line.slice(0, colon);
    if (name === 'event' || name === 'id' || name === 'data') fields[name] = line.slice(colon + 2);
  }
  return fields;
};

/** What a server says of the end, if it is a feed. */
const endIn = (text: string): TransportEnding => {
  try {
    const { reason, message } = JSON.parse(text) as Record<string, unknown>;
    return {
      reason: typeof reason === 'string' ? reason : undefined,
      message: typeof message === 'string' ? message : undefined,
    };
  } catch {
    return {};
  }
};
