import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { eventually } from '@castore-dynamodb/testing/eventually';
import express from 'express';
import Fastify from 'fastify';

import type { EventFeed } from '../src/index.js';
import { describeFeedOnSomeEngine } from './support/describeFeed.js';
import { push } from './support/eventStores.js';
import { describeTransports } from './support/transports.js';

/** As on the package's page: an application with a page, and a feed on its server. */
const APPLICATIONS: [string, (feed: EventFeed) => Promise<{ server: Server; close: () => unknown }>][] = [
  [
    'plain http',
    async feed => {
      const server = createServer((_, response) => response.end('Hello'));
      feed.attach(server, { path: '/events' });
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      return { server, close: () => server.close() };
    },
  ],
  [
    'plain http that gets its application later',
    async feed => {
      const server = createServer();
      feed.attach(server, { path: '/events' });
      server.on('request', (_, response) => response.end('Hello'));
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      return { server, close: () => server.close() };
    },
  ],
  [
    'Express',
    async feed => {
      const app = express();
      app.get('/', (_, response) => void response.send('Hello'));
      const server = app.listen(0, '127.0.0.1');
      feed.attach(server, { path: '/events' });
      await once(server, 'listening');
      return { server, close: () => server.close() };
    },
  ],
  [
    'Fastify',
    async feed => {
      const fastify = Fastify();
      fastify.get('/', async () => 'Hello');
      feed.attach(fastify.server, { path: '/events' });
      await fastify.listen({ port: 0, host: '127.0.0.1' });
      return { server: fastify.server, close: () => fastify.close() };
    },
  ],
];

describeFeedOnSomeEngine('a live feed on the server of', context => {
  describe.each(APPLICATIONS)('%s', (framework, start) => {
    describeTransports(transport => {
      it('works beside the application', async () => {
        const { feed } = await context.startFeed();
        const { server, close } = await start(feed);
        const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
        const { subscription, events } = context.follow({ url: `${base}/events` });
        await eventually(() => expect(subscription.state).toBe('live'));
        await push(context, `${framework} ${transport}`);
        await eventually(() => expect(events).toHaveLength(1));
        expect(await (await fetch(base)).text()).toBe('Hello');
        await feed.stop();
        await close();
      });
    });
  });
});
