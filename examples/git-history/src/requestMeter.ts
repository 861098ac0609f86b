import type { ConsumedCapacity, DynamoDBClient } from '@aws-sdk/client-dynamodb';

export interface OperationCost {
  /** What went over the network: an SDK that tries again sends another one. */
  requests: number;
  /** As DynamoDB reports them; absent for operations that cost none. */
  capacityUnits?: number;
}

/** The operations of this program that cost capacity units. */
const METERED = new Set(['Query', 'BatchGetItem', 'PutItem', 'TransactWriteItems']);

interface MeteredOutput {
  $metadata: { attempts?: number };
  /** A transaction, and a read of many items, report one for each table. */
  ConsumedCapacity?: ConsumedCapacity | ConsumedCapacity[];
}

/** Counts, from now on, the requests of a client and what they cost, by operation. */
export const meterRequests = (client: DynamoDBClient): ReadonlyMap<string, OperationCost> => {
  const costs = new Map<string, OperationCost>();
  const count = (operation: string, requests: number, consumed: ConsumedCapacity[]) => {
    const { requests: earlier, capacityUnits } = costs.get(operation) ?? { requests: 0 };
    const units = consumed.reduce((sum, { CapacityUnits = 0 }) => sum + CapacityUnits, capacityUnits ?? 0);
    costs.set(operation, {
      requests: earlier + requests,
      ...(METERED.has(operation) && { capacityUnits: units }),
    });
  };

  client.middlewareStack.add(
    (next, { commandName = '' }) =>
      async args => {
        const operation = commandName.replace(/Command$/, '');
        try {
          const input = METERED.has(operation)
            ? { ...args.input, ReturnConsumedCapacity: 'TOTAL' as const }
            : args.input;
          const result = await next({ ...args, input });
          const { $metadata, ConsumedCapacity = [] } = result.output as MeteredOutput;
          count(operation, $metadata.attempts ?? 1, [ConsumedCapacity].flat());
          return result;
        } catch (error) {
          count(operation, (error as { $metadata?: { attempts?: number } }).$metadata?.attempts ?? 1, []);
          throw error;
        }
      },
    { step: 'initialize', name: 'meterRequests' },
  );
  return costs;
};
