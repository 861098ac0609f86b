// Many clients of a feed in a process of their own, as they are anywhere else: node loadClients.mjs <url> <clients>
// Tells its parent when all of them are subscribed, and on request what they have seen.
import { WebSocket } from 'ws';

const [url, count] = process.argv.slice(2);
const clients = Array.from({ length: Number(count) }, () => ({ events: 0, gaps: 0, versions: new Map() }));
let subscribed = 0;
let closed = 0;

const take = (client, { event: { aggregateId, version } }) => {
  if (version !== (client.versions.get(aggregateId) ?? 0) + 1) client.gaps++;
  client.versions.set(aggregateId, version);
  client.events++;
};

const onMessage = (client, text) => {
  const message = JSON.parse(text);
  if (message.type === 'events') for (const event of message.events) take(client, event);
  if (message.type === 'subscribed' && ++subscribed === clients.length) process.send({ subscribed });
};

for (const client of clients) {
  const socket = new WebSocket(url, 'castore-dynamodb-live.v1');
  socket.on('open', () => socket.send('{"type":"subscribe"}'));
  socket.on('message', (/** @type {Buffer} */ data) => onMessage(client, data.toString()));
  socket.on('error', () => {});
  socket.on('close', () => closed++);
}

process.on('message', () => {
  const events = clients.map(client => client.events);
  const gaps = clients.reduce((sum, client) => sum + client.gaps, 0);
  process.send({ fewest: Math.min(...events), most: Math.max(...events), gaps, closed });
});
process.on('disconnect', () => process.exit());
