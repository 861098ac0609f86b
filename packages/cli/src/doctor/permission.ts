import { isNamed, memberOf } from '@castore-dynamodb/commons';
import type { EventTableAction } from '@castore-dynamodb/table';

import { type Finding, problem } from './finding.js';

export const isDenied = (error: unknown): boolean => isNamed(error, 'AccessDeniedException');

/** AWS names the action in its message; a proxy, or a policy of the organization, may not. */
const ACTION = /\b(dynamodb:[A-Za-z]+)/;

/** A permission that is missing, by the request that was refused. */
export const missingPermission = (
  tableName: string,
  error: unknown,
  expected: EventTableAction,
  purpose: string,
): Finding => {
  const action = (ACTION.exec(String(memberOf(error, 'message')))?.[1] ?? expected) as EventTableAction;
  return problem('missing-permission', {
    tableName,
    action,
    message: `${action} on ${tableName} is not permitted: ${purpose}.`,
    remedy: `Allow ${action}. castore-dynamodb iam prints the policies for operations.`,
  });
};
