import { randomUUID } from 'node:crypto';

import type { DynamoDBClient, DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';
import { Command, type EventStorageAdapter, EventStore, EventType, tuple } from '@castore/core';
import type { TestEngine } from '@castore-dynamodb/testing/engines';
import {
  type Fault,
  type FaultProxy,
  type ProxiedRequest,
  startFaultProxy,
} from '@castore-dynamodb/testing/faultProxy';

import { type Adapter, createAdapter, describeOnEveryAdapter, type TestAdapter } from '../support.js';

/** Every error that a client's `send` has thrown: what an adapter lets through is one of these very objects. */
export const collectSdkErrors = (client: DynamoDBClient): WeakSet<object> => {
  const errors = new WeakSet<object>();
  client.middlewareStack.add(
    next => async args => {
      try {
        return await next(args);
      } catch (error) {
        errors.add(error as object);
        throw error;
      }
    },
    { step: 'initialize', priority: 'high', name: 'collectSdkErrors' },
  );
  return errors;
};

/** Each attempt has another token, as if ten minutes had gone by between them; see lostAnswers.test.ts for what they do. */
export const forgetRequestTokens = (client: DynamoDBClient): void => {
  client.middlewareStack.add(
    next => args => {
      const request = args.request as { body: string | Uint8Array };
      const text = typeof request.body === 'string' ? request.body : new TextDecoder().decode(request.body);
      const body = JSON.parse(text) as { ClientRequestToken?: string };
      if (body.ClientRequestToken !== undefined) body.ClientRequestToken = randomUUID();
      return next({ ...args, request: Object.assign(request, { body: JSON.stringify(body) }) });
    },
    { step: 'finalizeRequest', priority: 'low', name: 'forgetRequestTokens' },
  );
};

export interface FaultyTestAdapter extends TestAdapter {
  proxy: () => FaultProxy;
  /** An adapter that reaches the engine through the proxy, by a client of its own. */
  faultyAdapter: (config?: Partial<DynamoDBClientConfig>) => { faulty: Adapter; client: DynamoDBClient };
}

export const faultyClient = (
  engine: TestEngine,
  proxy: FaultProxy,
  config: Partial<DynamoDBClientConfig> = {},
): DynamoDBClient => engine.client({ endpoint: proxy.endpoint, ...config });

/**
 * On every engine, or on one: `adapter` goes to it directly, what `faultyAdapter` makes meets faults. One layout will do, since
 * writing and reading do not depend on it but for the keys.
 */
export const describeWithFaults = (
  name: string,
  tests: (context: FaultyTestAdapter) => void,
  engines?: 'every' | 'one',
): void => {
  const describeTests = (context: TestAdapter): void => {
    const { engine, layout, tableName } = context;
    let proxy: FaultProxy;

    beforeAll(async () => {
      proxy = await startFaultProxy(engine.endpoint);
    });
    beforeEach(() => {
      proxy.choose = () => undefined;
      proxy.hold = () => undefined;
      proxy.requests.splice(0);
    });
    afterAll(() => proxy[Symbol.asyncDispose]());

    tests({
      ...context,
      proxy: () => proxy,
      faultyAdapter: config => {
        const client = faultyClient(engine, proxy, config);
        return { faulty: createAdapter(layout, tableName, client), client };
      },
    });
  };
  describeOnEveryAdapter(name, describeTests, ['single-table'], engines);
};

/** The faults for the first requests of an operation, one after the other; then none. */
export const inTurn = (operation: string, ...faults: (Fault | undefined)[]) => {
  const left = [...faults];
  return (request: ProxiedRequest): Fault | undefined => (request.operation === operation ? left.shift() : undefined);
};

/** For `hold`: what happens once an operation is sent again, before DynamoDB hears of that. */
export const beforeRepetition = (operation: string, happens: () => Promise<unknown>) => {
  let count = 0;
  return (request: ProxiedRequest): Promise<void> | undefined =>
    request.operation === operation && ++count === 2 ? happens().then(() => {}) : undefined;
};

export const always =
  (operation: string, fault: Fault) =>
  (request: ProxiedRequest): Fault | undefined =>
    request.operation === operation ? fault : undefined;

export const countOf = ({ requests }: FaultProxy, operation: string): number =>
  requests.filter(request => request.operation === operation).length;

const depositType = new EventType<'DEPOSITED', { amount: number; action: string }>({ type: 'DEPOSITED' });

interface Account {
  aggregateId: string;
  version: number;
  balance: number;
}

/** An event store whose business action must not happen twice. */
export const accountStore = (eventStoreId: string, eventStorageAdapter: EventStorageAdapter) =>
  new EventStore({
    eventStoreId,
    eventTypes: [depositType],
    reducer: (account: Account | undefined, { aggregateId, version, payload }): Account => ({
      aggregateId,
      version,
      balance: (account?.balance ?? 0) + payload.amount,
    }),
    eventStorageAdapter,
  });

type AccountStore = ReturnType<typeof accountStore>;

export interface DepositInput {
  aggregateId: string;
  action: string;
}

const nextDeposit = async (store: AccountStore, { aggregateId, action }: DepositInput) => {
  const { aggregate } = await store.getAggregate(aggregateId);
  const version = (aggregate?.version ?? 0) + 1;
  return { aggregateId, version, type: 'DEPOSITED' as const, payload: { amount: 1, action } };
};

/** Deposits 1 into one account. `onConflict` sees what Castore retries. */
export const depositCommand = (store: AccountStore, retries = 2, onConflict: (error: Error) => void = () => {}) =>
  new Command({
    commandId: 'DEPOSIT',
    requiredEventStores: tuple(store),
    eventAlreadyExistsRetries: retries,
    onEventAlreadyExists: async error => onConflict(error),
    handler: async (input: DepositInput, [accounts]) => {
      await accounts.pushEvent(await nextDeposit(accounts, input));
    },
  });

/** Deposits 1 into an account of each of two event stores, in one group. */
export const depositTwiceCommand = (
  stores: readonly [AccountStore, AccountStore],
  retries = 2,
  onConflict: (error: Error) => void = () => {},
) =>
  new Command({
    commandId: 'DEPOSIT_TWICE',
    requiredEventStores: tuple(...stores),
    eventAlreadyExistsRetries: retries,
    onEventAlreadyExists: async error => onConflict(error),
    handler: async (input: DepositInput, [first, second]) => {
      const deposits = await Promise.all([nextDeposit(first, input), nextDeposit(second, input)]);
      await EventStore.pushEventGroup(first.groupEvent(deposits[0]), second.groupEvent(deposits[1]));
    },
  });
