import type { Transport, TransportEnding, TransportEvents, TransportOptions } from './transport.js';

/** Server-sent events, read with `fetch`, as it tells the status of a refusal and there is no EventSource in Node. */
export const eventStreamTransport: Transport = (options, events) => {
  const controller = new AbortController();
  let isClosed = false;
  read(options, events, controller.signal).then(
    ending => isClosed || events.closed(ending),
    () => isClosed || events.closed(),
  );
  return {
    close: () => {
      isClosed = true;
      controller.abort();
    },
    ping: () => {},
  };
};

/** Resolves when the stream is over. */
const read = async (
  { url, filters, after }: TransportOptions,
  events: TransportEvents,
  signal: AbortSignal,
): Promise<TransportEnding> => {
  const target = new URL(url.replace(/^ws/, 'http'));
  target.searchParams.set('filters', JSON.stringify(filters));
  if (after !== undefined) target.searchParams.set('after', after);
  const response = await fetch(target.href, { headers: { accept: 'text/event-stream' }, signal });
  if (response.status !== 200 || response.body === null) {
    const text = await response.text();
    return { reason: reasonIn(text), status: response.status };
  }
  const reader = response.body.getReader();
  const decoder = new TextDecoder();
  let rest = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return {};
    const parts = (rest + decoder.decode(value, { stream: true })).split('\n\n');
    rest = parts.pop() as string;
    for (const part of parts) {
      const { event, id, data } = fieldsOf(part);
      if (event === 'end') return { reason: reasonIn(data) };
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

const reasonIn = (text: string): string | undefined => {
  try {
    return (JSON.parse(text) as { reason?: string } | null)?.reason;
  } catch {
    return undefined;
  }
};
