import { Agent } from 'node:http';
import type { Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';

/** For a server that does not say that it is silent. From six seconds on, the SDK would not watch a request from its start. */
const SOCKET_TIMEOUT_MS = 5_500;

/** The connections of impatient clients, by their local port. */
const sockets = new Map<number, Socket>();

/**
 * For a client of the SDK that gives up an answer, and perhaps tries again, as soon as it is certain that none comes. A time
 * that is short enough for tests would also end requests which a busy machine has not answered yet.
 *
 * @param maxAttempts by default, often enough for faults that come one after the other
 */
export const impatient = (maxAttempts = 6) => {
  const httpAgent = new Agent({ keepAlive: true });
  const connect = httpAgent.createConnection.bind(httpAgent);
  httpAgent.createConnection = (...args) => {
    const socket = connect(...args) as Socket;
    socket.once('connect', () => {
      const port = socket.localPort as number;
      sockets.set(port, socket);
      socket.once('close', () => sockets.delete(port));
    });
    return socket;
  };
  return { maxAttempts, requestHandler: { httpAgent, socketTimeout: SOCKET_TIMEOUT_MS } };
};

const listeners = new Set<() => void>();

/** Is called when a server of this process has fallen silent on a connection, until what it returns is called. */
export const onSilence = (listener: () => void): (() => void) => {
  listeners.add(listener);
  return () => void listeners.delete(listener);
};

/**
 * A server of this process says no more on one of its connections: if an impatient client is at the other end, its time is up
 * once it has read what was sent. Others wait as they are set up to.
 */
export const fallSilent = async ({ remotePort, bytesWritten }: Socket): Promise<void> => {
  const socket = sockets.get(remotePort ?? 0);
  while (socket !== undefined && !socket.destroyed && socket.bytesRead < bytesWritten) await nextTurn();
  socket?.emit('timeout');
  for (const listener of listeners) listener();
};
