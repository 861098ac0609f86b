import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';

export interface RecordedRequest {
  /** The command's name without `Command`: `Query`, `PutItem`. */
  operation: string;
  input: Record<string, unknown>;
  /** Capacity units that the engine counted for table and indexes together; undefined if it reported none. */
  units: number | undefined;
}

/** Notes every request that a client sends from now on, and asks the engine what it cost. */
export const recordRequests = (client: DynamoDBClient): RecordedRequest[] => {
  const requests: RecordedRequest[] = [];
  client.middlewareStack.add(
    (next, context) => async args => {
      const operation = String(context.commandName).replace(/Command$/, '');
      const request: RecordedRequest = { operation, input: args.input as Record<string, unknown>, units: undefined };
      requests.push(request);
      const reply = await next({ ...args, input: { ...args.input, ReturnConsumedCapacity: 'TOTAL' } });
      request.units = unitsOf((reply.output as { ConsumedCapacity?: Capacity | Capacity[] }).ConsumedCapacity);
      return reply;
    },
    { step: 'initialize', name: 'recordRequests' },
  );
  return requests;
};

interface Capacity {
  CapacityUnits?: number;
}

const unitsOf = (consumed: Capacity | Capacity[] | undefined): number | undefined =>
  consumed === undefined ? undefined : [consumed].flat().reduce((sum, { CapacityUnits = 0 }) => sum + CapacityUnits, 0);
