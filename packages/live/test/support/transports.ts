import { WebSocket } from 'ws';

/** Node 20 has no WebSocket of its own, so the client uses server-sent events there: this gives it one. */
export const describeTransports = (tests: (transport: string) => void): void => {
  describe('over WebSocket', () => {
    const scope = globalThis as { WebSocket?: unknown };
    const own = scope.WebSocket;
    beforeAll(() => (scope.WebSocket = WebSocket));
    afterAll(() => (scope.WebSocket = own));
    tests('WebSocket');
  });
  describe('over server-sent events', () => {
    const scope = globalThis as { WebSocket?: unknown };
    const own = scope.WebSocket;
    beforeAll(() => (scope.WebSocket = undefined));
    afterAll(() => (scope.WebSocket = own));
    tests('server-sent events');
  });
};
