import type { Kind } from '@castore-dynamodb/testing/badValues';

/** What the error for a bad argument says of it. */
export type Refusal =
  | { argument: string }
  | { eventIndex: number | undefined }
  | { code: 'InvalidPageTokenError' }
  | { typeErrorAbout: string };

export interface Parameter {
  /** Where the argument is within the arguments: `[1, 'limit']`. */
  path: (string | number)[];
  kind: Kind;
  refusal: Refusal;
  isRequired: boolean;
}

export interface PublicFunction {
  /** Good arguments; bad ones take their places one by one. */
  arguments: unknown[];
  call: (...given: unknown[]) => unknown;
  parameters: Parameter[];
}

export const required = (path: Parameter['path'], kind: Kind, refusal: Refusal | string): Parameter => ({
  path,
  kind,
  refusal: typeof refusal === 'string' ? { argument: refusal } : refusal,
  isRequired: true,
});
export const optional = (...parameter: Parameters<typeof required>): Parameter => ({
  ...required(...parameter),
  isRequired: false,
});

/** A method or function, past its types. */
export const invoke =
  (target: object, name: string) =>
  (...given: unknown[]): unknown =>
    (target as Record<string, (...given: unknown[]) => unknown>)[name]?.(...given);

/** Everything about an event but its payload and metadata, which may be anything. */
export const eventParameters = (path: Parameter['path'], argument: string): Parameter[] => [
  required(path, 'object', argument),
  required([...path, 'aggregateId'], 'aggregate id', `${argument}.aggregateId`),
  required([...path, 'version'], 'positive integer', `${argument}.version`),
  required([...path, 'type'], 'type', `${argument}.type`),
  optional([...path, 'timestamp'], "an event's timestamp", `${argument}.timestamp`),
  optional([...path, 'color'], 'anything at all', `${argument}.color`),
  optional([...path, '__proto__'], 'anything at all', `${argument}.__proto__`),
];
