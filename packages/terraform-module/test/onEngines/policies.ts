import { isDeepStrictEqual } from 'node:util';

import {
  type EventTableOperation,
  type EventTablePermissions,
  type EventTableResource,
  eventTableOperations,
  SUBJECT_KEY_CONTEXT,
  type SubjectKeyOperation,
  type SubjectKeyResource,
  subjectKeyOperations,
} from '@castore-dynamodb/table';

/** Operations on snapshots, which may be in another table than the events. */
export const SNAPSHOTS: EventTableOperation[] = [
  'readSnapshots',
  'writeSnapshots',
  'deleteSnapshots',
  'maintainSnapshots',
];

/** Operations that have no document of their own, and why. */
export const WITHOUT_A_DOCUMENT: Partial<Record<EventTableOperation, string>> = {
  pushEventGroup: 'as pushEvent',
  readPredecessor: 'as getEvents',
  buildSnapshotsByScan: 'sortAllEvents for the events, maintainSnapshots for the snapshots',
  streamHandler: 'the module stream-handler',
  projection: 'less than dynamoDbProjection',
  liveFeedConnections: 'the module live-feed',
  liveFeedDeliveries: 'the module live-feed',
  createEventTable: 'Terraform',
  enablePointInTimeRecovery: 'Terraform',
  deleteEventTable: 'Terraform',
  createProjectionTable: 'Terraform',
  enableTimeToLive: 'Terraform',
};

/** What a policy document allows: the actions, by the resource's ARN. */
type Allowed = Record<string, string[]>;

const OPERATIONS: Record<string, EventTableOperation> = { projections: 'dynamoDbProjection' };

/** `get_events_policy_json` is for `getEvents`. */
const operationOf = (output: string): EventTableOperation => {
  const name = output.replace(/_policy_json$/, '');
  const operation = OPERATIONS[name] ?? name.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
  if (!Object.hasOwn(eventTableOperations, operation)) throw new Error(`${output} is for no operation.`);

  return operation as EventTableOperation;
};

/** The policy documents among a module's outputs, as what each allows; anything but plain permission is refused. */
export const allowedBy = (outputs: Record<string, string>): Partial<Record<EventTableOperation, Allowed>> =>
  Object.fromEntries(
    Object.entries(outputs)
      .filter(([name]) => name.endsWith('_policy_json'))
      .map(([name, document]) => [operationOf(name), actionsIn(JSON.parse(document).Statement)]),
  );

/** What `kmsWrapping` says to KMS; on its keys, nothing else is allowed. */
const WRAPPING = { 'ForAnyValue:StringEquals': { 'kms:EncryptionContextKeys': SUBJECT_KEY_CONTEXT } };

const actionsIn = (statements: Record<string, unknown>[]): Allowed =>
  Object.fromEntries(
    statements.map(({ Effect, Action, Resource, ...others }) => {
      const expected = String(Resource).startsWith('arn:aws:kms:') ? { Condition: WRAPPING } : {};
      if (Effect !== 'Allow' || !isDeepStrictEqual(others, expected)) {
        throw new Error(`Another condition than is expected: ${JSON.stringify({ Effect, ...others })}`);
      }
      return [Resource as string, (Action as string[]).toSorted()];
    }),
  );

/** What operations need on some of their resources, by the resource's ARN. */
export const neededBy = (
  operations: EventTableOperation[],
  arns: Partial<Record<EventTableResource, string>>,
): Partial<Record<EventTableOperation, Allowed>> =>
  Object.fromEntries(
    operations.map(operation => {
      const permissions: EventTablePermissions = eventTableOperations[operation];
      const allowed = Object.entries(arns).flatMap(([resource, arn]) => {
        const actions = permissions[resource as EventTableResource];
        return actions === undefined ? [] : [[arn, actions.toSorted()] as const];
      });
      return [operation, Object.fromEntries(allowed)];
    }),
  );

/** The same of keys of KMS. */
export const neededOfKeys = (arns: Record<SubjectKeyResource, string>): Record<SubjectKeyOperation, Allowed> =>
  Object.fromEntries(
    Object.entries<Record<SubjectKeyResource, readonly string[]>>(subjectKeyOperations).map(
      ([operation, permissions]) => [
        operation,
        Object.fromEntries(
          Object.entries(arns).map(([resource, arn]) => [arn, permissions[resource as SubjectKeyResource].toSorted()]),
        ),
      ],
    ),
  ) as Record<SubjectKeyOperation, Allowed>;
