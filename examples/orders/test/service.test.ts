import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

let service: ChildProcess;
let url: string | undefined;

const send = async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) => {
  const init = { method, headers: { 'content-type': 'application/json', ...headers } };
  const response = await fetch(`${url}${path}`, body === undefined ? init : { ...init, body: JSON.stringify(body) });
  const text = await response.text();
  return { status: response.status, body: (text === '' ? undefined : JSON.parse(text)) as Record<string, unknown> };
};
const order = (customer: string, key: string, sku: string, quantity: number) =>
  send('POST', `/customers/${customer}/orders`, { lines: [{ sku, quantity }] }, { 'idempotency-key': key });
/** A view follows within a moment. */
const eventually = async (expectation: () => Promise<void>, attempts = 100): Promise<void> => {
  try {
    await expectation();
  } catch (error) {
    if (attempts === 1) throw error;
    await sleep(100);
    await eventually(expectation, attempts - 1);
  }
};

beforeAll(async () => {
  const env = { ...process.env, PORT: '0', AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' };
  service = spawn(process.execPath, ['--import', 'tsx', 'src/dev.ts'], {
    cwd: join(__dirname, '..'),
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  for await (const line of createInterface({ input: service.stdout as NodeJS.ReadableStream })) {
    url ??= /^The API: (\S+)/.exec(line)?.[1];
    const endpoint = /AWS_ENDPOINT_URL=(\S+)/.exec(line)?.[1];
    if (endpoint === undefined) continue;
    // What follows is imported by the tests, and works on the same tables.
    const client = { AWS_ACCESS_KEY_ID: 'local', AWS_SECRET_ACCESS_KEY: 'local', AWS_REGION: 'local' };
    Object.assign(process.env, client, { AWS_ENDPOINT_URL: endpoint });
    break;
  }
});

afterAll(async () => {
  const ended = new Promise(resolve => service.once('exit', resolve));
  service.kill('SIGINT');
  expect(await ended).toBe(0);
});

describe('the service', () => {
  it('places an order once, however often it is sent', async () => {
    expect(await send('POST', '/stock/tea', { quantity: 10 })).toMatchObject({ status: 204 });
    const placed = await order('ada', 'first', 'tea', 3);
    expect(placed).toMatchObject({ status: 201, body: { orderId: expect.any(String) } });
    expect(await order('ada', 'first', 'tea', 3)).toStrictEqual(placed);
    expect(await order('ada', 'second', 'tea', 8)).toStrictEqual({
      status: 409,
      body: { error: 'There are 7 pieces of "tea".' },
    });
  });

  it('lets customers who order at once have what there is, and no more', async () => {
    await send('POST', '/stock/cups', { quantity: 3 });
    const answers = await Promise.all([1, 2, 3, 4, 5].map(n => order(`customer${n}`, 'cups', 'cups', 1)));
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toStrictEqual([201, 201, 201, 409, 409]);
  });

  it('shows the orders of a customer, and each order at any version', async () => {
    await send('POST', '/stock/pots', { quantity: 2 });
    const { body } = await order('grace', 'pots', 'pots', 2);
    const path = `/orders/${String(body.orderId)}`;
    expect(await send('POST', `${path}/shipment`)).toMatchObject({ status: 204 });
    expect(await send('POST', `${path}/cancellation`, { reason: 'late' })).toMatchObject({ status: 409 });
    expect(await send('GET', path)).toMatchObject({ body: { version: 2, status: 'shipped' } });
    expect(await send('GET', `${path}?version=1`)).toMatchObject({ body: { version: 1, status: 'placed' } });
    await eventually(async () =>
      expect(await send('GET', '/customers/grace/orders')).toStrictEqual({
        status: 200,
        body: { orders: [{ orderId: body.orderId, status: 'shipped', pieces: 2 }] },
      }),
    );
  });

  it.each([
    ['POST', '/customers/ada/orders', { lines: [] }, 400],
    ['POST', '/customers/ada/orders', { lines: [{ sku: 'tea', quantity: -1 }] }, 400],
    ['POST', '/stock/tea', { quantity: '3' }, 400],
    ['GET', '/orders/none', undefined, 404],
    ['GET', '/orders/none?version=zero', undefined, 400],
    ['POST', '/orders/none/shipment', undefined, 404],
  ])('answers %s %s %j with %i', async (method, path, body, status) => {
    expect(await send(method, path, body, { 'idempotency-key': 'wrong' })).toMatchObject({ status });
  });
});

describe('its events', () => {
  it('of the old shape are read in the new one', async () => {
    const { DynamoDbSingleTableEventStorageAdapter } = await import('@castore-dynamodb/adapter');
    const { dynamoDbClient, EVENT_TABLE } = await import('../src/storage.js');
    const old = new DynamoDbSingleTableEventStorageAdapter({ tableName: EVENT_TABLE, dynamoDbClient });
    const payload = { customerId: 'ada', sku: 'tea', quantity: 2 };
    await old.pushEvent({ aggregateId: 'old', version: 1, type: 'ORDER_PLACED', payload }, { eventStoreId: 'ORDERS' });
    expect(await send('GET', '/orders/old')).toMatchObject({ body: { lines: [{ sku: 'tea', quantity: 2 }] } });
  });

  it('wait if the printer refuses them, and are handled when somebody says so', async () => {
    const { shippingLabels } = await import('../src/views/shippingLabels.js');
    const { ordersEventStore } = await import('../src/events/orders.js');
    const { replayEvents } = await import('@castore-dynamodb/streams');
    const printed: string[] = [];
    let isBroken = true;
    const labels = shippingLabels(
      {
        print: async ({ orderId }) => {
          if (isBroken && orderId === 'jammed') throw new Error('Paper jam');
          printed.push(orderId);
        },
      },
      'test-labels',
    );
    const lines = [{ sku: 'tea', quantity: 1 }];
    for (const aggregateId of ['jammed', 'smooth']) {
      await ordersEventStore.pushEvent({
        aggregateId,
        version: 1,
        type: 'ORDER_PLACED',
        payload: { customerId: 'ada', lines },
      });
    }
    const parked: string[] = [];
    const onParked = ({ aggregateId }: { aggregateId: string }) => void parked.push(aggregateId);
    await replayEvents({ eventStores: [ordersEventStore], projections: [labels], onParked });
    expect(parked).toStrictEqual(['jammed']);
    expect(printed).toContain('smooth');

    isBroken = false;
    const [waiting] = await labels.listParked();
    expect(waiting).toMatchObject({ aggregateId: 'jammed', version: 1, error: { message: 'Paper jam' } });
    if (waiting !== undefined) await labels.retryParked(waiting);
    expect(printed.filter(orderId => orderId === 'jammed')).toStrictEqual(['jammed']);
    expect(await labels.listParked()).toStrictEqual([]);
  });
});

describe('the command', () => {
  it('finds the service by its configuration', async () => {
    await send('POST', '/stock/cake', { quantity: 1 });
    const command = ['castore-dynamodb', 'state', 'STOCK', 'cake', '--json'];
    const { stdout } = await promisify(execFile)('npx', command, { cwd: join(__dirname, '..'), env: process.env });
    expect(JSON.parse(stdout)).toStrictEqual({ aggregateId: 'cake', version: 1, available: 1 });
  });
});
