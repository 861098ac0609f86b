import { SUBJECT_KEY_CONTEXT, type SubjectKeyOperation, subjectKeyOperations } from '@castore-dynamodb/table';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';

import { checkProps, type PropNames, refuse } from './checks.js';
import { grantKey } from './grantOperation.js';

/** The keys of KMS that subjects' keys are wrapped by; not the one that encrypts the table. */
export interface WrappingKeys {
  /**
   * The key of `kmsWrapping`.
   *
   * @default - nothing is granted on it: there is none, or somebody else grants it
   */
  readonly wrappingKey?: kms.IKey;

  /**
   * The keys of `formerWrappings`.
   *
   * @default none
   */
  readonly formerWrappingKeys?: readonly kms.IKey[];
}

const NAMES = { wrappingKey: true, formerWrappingKeys: true } satisfies PropNames<WrappingKeys>;

/** Only for what `kmsWrapping` does: the key may protect other things too. */
const CONDITION = { 'ForAnyValue:StringEquals': { 'kms:EncryptionContextKeys': SUBJECT_KEY_CONTEXT } };

/** Allows `grantee` what an operation needs of the keys: its actions in `subjectKeyOperations`. */
export const grantSubjectKeys = (
  keys: WrappingKeys,
  grantee: iam.IGrantable,
  operation: SubjectKeyOperation,
): iam.Grant[] => {
  checkProps(keys, NAMES);
  const { wrappingKey, formerWrappingKeys = [] } = keys;
  if (!Array.isArray(formerWrappingKeys)) refuse('formerWrappingKeys', 'an array of keys', formerWrappingKeys);
  const actions = subjectKeyOperations[operation];
  const grantOn = (key: kms.IKey, prop: string, allowed: readonly string[]): iam.Grant => {
    if (typeof key?.keyArn !== 'string') refuse(prop, 'a key of KMS', key);
    return grantKey(key, grantee, [...allowed], prop, CONDITION);
  };
  return [
    ...(wrappingKey === undefined ? [] : [grantOn(wrappingKey, 'wrappingKey', actions.wrappingKey)]),
    ...formerWrappingKeys.map((key, index) => grantOn(key, `formerWrappingKeys[${index}]`, actions.formerWrappingKey)),
  ];
};
