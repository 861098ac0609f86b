import type { Contender } from '../contenders/contender.js';

export interface Costs {
  requests: number;
  /** As the engine counts them. */
  capacityUnits: number;
}

interface Capacity {
  CapacityUnits?: number;
}

/** Counts every request that a client sends from now on, and asks the engine what it costs. */
export const count = ({ middlewareStack }: NonNullable<Contender['client']>, costs: Costs): void => {
  middlewareStack.add(
    next => async args => {
      const reply = await next({ ...args, input: { ...args.input, ReturnConsumedCapacity: 'TOTAL' } });
      const { ConsumedCapacity: consumed = [] } = reply.output as { ConsumedCapacity?: Capacity | Capacity[] };
      costs.requests += 1;
      costs.capacityUnits += [consumed].flat().reduce((sum, { CapacityUnits = 0 }) => sum + CapacityUnits, 0);
      return reply;
    },
    { step: 'initialize', name: 'count' },
  );
};
