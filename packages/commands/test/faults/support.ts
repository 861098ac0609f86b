import { FAULTS, type Fault, type ProxiedRequest } from '@castore-dynamodb/testing/faultProxy';

/** DynamoDB has done what was asked, and the client does not learn of it. */
export const ANSWER_LOST = ['reset after', 'no answer after', 'server error after', 'cut body'] as const;

/** The faults for the first requests of an operation, one after the other; then none. */
export const inTurn = (operation: string, ...faults: (Fault | undefined)[]) => {
  const left = [...faults];
  return (request: ProxiedRequest): Fault | undefined => (request.operation === operation ? left.shift() : undefined);
};

export const countBy = (names: readonly string[]): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
};

/** Any fault for one in five requests; reads meet no transaction conflicts. */
export const randomFaults =
  (random: () => number) =>
  ({ operation }: ProxiedRequest): Fault | undefined => {
    if (random() >= 0.2) return undefined;
    const candidates = operation === 'Query' ? FAULTS.filter(fault => fault !== 'transaction conflict') : FAULTS;
    return candidates[Math.floor(random() * candidates.length)];
  };
