import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/**
 * One endpoint for several engines, and for all of AWS: a request goes to the engine of the table that it names. So one
 * configuration deploys on all engines, since what costs time is a command, not a table.
 */
export const startEngineRouter = async (
  engines: ReadonlyMap<string, string>,
): Promise<{ endpoint: string; stop: () => void }> => {
  const forward = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const body = await text(incoming);
    const engine = [...engines].find(([table]) => body.includes(table))?.[1];
    if (engine === undefined) {
      // KMS, which the provider asks for the alias of DynamoDB's key, and does without.
      outgoing.writeHead(400, { 'content-type': 'application/x-amz-json-1.1' });
      outgoing.end('{"__type":"AccessDeniedException"}');
      return;
    }
    const { host: _host, ...headers } = incoming.headers;
    request(engine, { method: 'POST', headers }, reply => {
      outgoing.writeHead(reply.statusCode ?? 500, reply.headers);
      reply.pipe(outgoing);
    })
      .on('error', error => outgoing.destroy(error))
      .end(body);
  };

  const server = createServer((incoming, outgoing) => {
    forward(incoming, outgoing).catch(error => outgoing.destroy(error));
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));

  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () => {
      server.close();
      server.closeAllConnections();
    },
  };
};
