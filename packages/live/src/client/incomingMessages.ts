import type { ServerMessage, WireEvent } from '../protocol/protocol.js';
import { fromWire } from '../protocol/wireJson.js';

/** What messages of a connection say. */
interface MessageEvents {
  subscribed(position: string, pingMs: number | undefined): void;
  event(event: WireEvent): void;
  position(position: string): void;
  end(reason: string, message?: string): void;
}

/** Events that are kept back. */
const MAX_HELD = 10_000;

/** Messages of which some parts have come; the server has given up the oldest of more at a time. */
const MAX_UNFINISHED = 8;

/** The messages of one WebSocket: puts parts together, and keeps events back that came before `subscribed`. */
export class IncomingMessages {
  readonly #on: MessageEvents;
  readonly #parts = new Map<string, Map<number, string>>();
  #held: WireEvent[] | undefined = [];

  constructor(on: MessageEvents) {
    this.#on = on;
  }

  /** @throws an error for what no feed sends, and if there is too much to keep back */
  add(text: string): void {
    const message = fromWire(text) as ServerMessage;
    switch (message.type) {
      case 'subscribed':
        return this.#subscribed(message.position, message.pingMs);
      case 'missed':
        return message.events.forEach(event => this.#on.event(event));
      case 'events':
        return message.events.forEach(event => this.#event(event));
      case 'position':
        return this.#on.position(message.position);
      case 'part':
        return this.#part(message);
      case 'end':
        return this.#on.end(message.reason, message.message);
      default:
        // Without a type, it is API Gateway's: a function of the server failed.
        if ((message as { type?: unknown }).type === undefined) throw new TypeError();
    }
  }

  #subscribed(position: string, pingMs: number | undefined): void {
    this.#on.subscribed(position, pingMs);
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const event of held) this.#on.event(event);
  }

  #event(event: WireEvent): void {
    if (this.#held === undefined) return this.#on.event(event);
    if (this.#held.push(event) > MAX_HELD) throw new RangeError();
  }

  #part({ id, index, count, text }: Extract<ServerMessage, { type: 'part' }>): void {
    const parts = this.#parts.get(id) ?? new Map<number, string>();
    this.#parts.set(id, parts.set(index, text));
    if (this.#parts.size > MAX_UNFINISHED) this.#parts.delete(this.#parts.keys().next().value as string);
    if (parts.size < count) return;
    this.#parts.delete(id);
    this.add(Array.from({ length: count }, (_, place) => parts.get(place)).join(''));
  }
}
