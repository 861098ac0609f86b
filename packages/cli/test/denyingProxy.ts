import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface DenyingProxy extends AsyncDisposable {
  readonly endpoint: string;
}

/** An engine whose user lacks permissions: `Query`, or `Query index` for that of an index. Answers as AWS words it. */
export const startDenyingProxy = async (target: string, denied: readonly string[]): Promise<DenyingProxy> => {
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const body = Buffer.concat(await request.toArray());
    const operation = String(request.headers['x-amz-target']).split('.').at(-1) ?? '';
    const { IndexName } = JSON.parse(String(body)) as { IndexName?: string };
    const isDenied = denied.includes(IndexName === undefined ? operation : `${operation} index`);
    const answered = isDenied
      ? new Response(
          JSON.stringify({
            __type: 'com.amazon.coral.service#AccessDeniedException',
            Message: `User: arn:aws:iam::111122223333:user/a is not authorized to perform: dynamodb:${operation} on resource: arn:aws:dynamodb:eu-west-1:111122223333:table/events because no identity-based policy allows the dynamodb:${operation} action`,
          }),
          { status: 400 },
        )
      : await fetch(target, { method: 'POST', headers: forwarded(request.headers), body });
    response.writeHead(answered.status, { 'content-type': 'application/x-amz-json-1.0' });
    response.end(Buffer.from(await answered.arrayBuffer()));
  };
  const server = createServer((request, response) => void answer(request, response).catch(() => response.destroy()));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
};

const forwarded = (headers: NodeJS.Dict<string | string[]>): Record<string, string> =>
  Object.fromEntries(
    ['content-type', 'x-amz-target', 'authorization', 'x-amz-date'].map(name => [name, String(headers[name] ?? '')]),
  );
