import { once } from 'node:events';
import { createServer, get, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import { collectBody } from '../../src/codec/responseBody.js';

const text = '{"Items":[{"name":{"S":"Pokémon 🦄"}}]}';

describe('collectBody', () => {
  let answer: (response: ServerResponse) => void;
  const server = createServer((_, response) => answer(response));
  beforeAll(() => once(server.listen(0, '127.0.0.1'), 'listening'));
  afterAll(() => server.close());

  const ask = async (): Promise<IncomingMessage> => {
    const { port } = server.address() as AddressInfo;
    const [message] = (await once(get({ port, host: '127.0.0.1', agent: false }), 'response')) as [IncomingMessage];
    return message;
  };
  const isComplete = (message: IncomingMessage): Promise<boolean> =>
    new Promise(resolve => {
      const look = (): void => (message.complete ? resolve(true) : void setImmediate(look));
      look();
    });

  it('reads a body that came at once', async () => {
    answer = response => response.end(text);
    const message = await ask();
    await isComplete(message);
    expect(String(await collectBody(message))).toBe(text);
    expect(message.readableLength).toBe(0);
  });

  it('waits for a body that has only begun to come', async () => {
    const waiting: { goOn?: () => void } = {};
    answer = response => {
      response.write(Buffer.from(text).subarray(0, 30));
      waiting.goOn = () => response.end(Buffer.from(text).subarray(30));
    };
    const collected = collectBody(await ask());
    waiting.goOn?.();
    expect(String(await collected)).toBe(text);
  });

  it('reads an empty body, and a body as text', async () => {
    answer = response => response.end();
    const empty = await ask();
    await isComplete(empty);
    expect(String(await collectBody(empty))).toBe('');

    answer = response => response.end(text);
    const asText = (await ask()).setEncoding('utf8');
    await isComplete(asText);
    expect(String(await collectBody(asText))).toBe(text);
  });

  it('fails with the connection', async () => {
    answer = response => {
      response.writeHead(200, { 'content-length': '1000' }).write(text);
      response.socket?.destroySoon();
    };
    await expect(ask().then(collectBody)).rejects.toThrow(/aborted|reset|premature/i);
  });
});
