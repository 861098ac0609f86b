import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface CuttingProxy extends AsyncDisposable {
  readonly port: number;
  /** How many connections it has cut. */
  readonly cuts: number;
  /** Whether it cuts connections; those that were begun meanwhile. */
  isCutting: boolean;
}

/** A TCP proxy that cuts each connection after a random time or number of bytes, in the middle of whatever goes through. */
export const startCuttingProxy = async (targetPort: number, random: () => number): Promise<CuttingProxy> => {
  const sockets = new Set<Socket>();
  let cuts = 0;
  const server = createServer(client => {
    const target = connect(targetPort, '127.0.0.1');
    const cut = (): void => {
      if (!proxy.isCutting || client.destroyed) return;
      cuts++;
      client.resetAndDestroy();
      target.resetAndDestroy();
    };
    let bytesLeft = 200 + random() * 3_000;
    const timer = proxy.isCutting ? setTimeout(cut, 20 + random() * 400) : undefined;
    for (const [from, to] of [
      [client, target],
      [target, client],
    ] as const) {
      sockets.add(from);
      from.on('error', () => {});
      from.on('data', data => {
        if (from === target && proxy.isCutting) {
          to.write(data.subarray(0, Math.max(0, bytesLeft)));
          bytesLeft -= data.length;
          if (bytesLeft <= 0) cut();
        } else to.write(data);
      });
      from.on('close', () => {
        clearTimeout(timer);
        sockets.delete(from);
        to.destroy();
      });
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const proxy: CuttingProxy = {
    isCutting: true,
    port: (server.address() as AddressInfo).port,
    get cuts() {
      return cuts;
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
  return proxy;
};
