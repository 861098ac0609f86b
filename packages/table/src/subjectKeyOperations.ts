/**
 * The member of KMS's encryption context by which `kmsWrapping` binds a data key to its subject.
 *
 * @example
 * const condition = { 'ForAnyValue:StringEquals': { 'kms:EncryptionContextKeys': SUBJECT_KEY_CONTEXT } };
 */
export const SUBJECT_KEY_CONTEXT = 'castore-dynamodb:subject';

/**
 * What an operation on subjects' keys uses.
 *
 * - `wrappingKey`: the key of KMS that wraps new keys.
 * - `formerWrappingKey`: one that has wrapped older ones, of `formerWrappings`.
 *
 * @example
 * const keyArns: Record<SubjectKeyResource, string[]> = { wrappingKey: [keyArn], formerWrappingKey: [] };
 */
export type SubjectKeyResource = 'wrappingKey' | 'formerWrappingKey';

/**
 * The IAM actions of KMS that `kmsWrapping` needs besides those of DynamoDB (`eventTableOperations`), and nothing else: only with
 * the encryption context's member `SUBJECT_KEY_CONTEXT`. `forget` and `isForgotten` need none.
 * https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html
 *
 * @example
 * const actions = subjectKeyOperations.writeSubjectKeys.wrappingKey; // kms:Decrypt, kms:GenerateDataKey
 */
export const subjectKeyOperations = {
  readSubjectKeys: { wrappingKey: ['kms:Decrypt'], formerWrappingKey: ['kms:Decrypt'] },
  writeSubjectKeys: { wrappingKey: ['kms:Decrypt', 'kms:GenerateDataKey'], formerWrappingKey: ['kms:Decrypt'] },
  rewrapSubjectKeys: { wrappingKey: ['kms:Decrypt', 'kms:Encrypt'], formerWrappingKey: ['kms:Decrypt'] },
} as const satisfies Record<string, { readonly [RESOURCE in SubjectKeyResource]: readonly `kms:${string}`[] }>;

/**
 * @example
 * const actionsOf = (operation: SubjectKeyOperation) => subjectKeyOperations[operation].wrappingKey;
 */
export type SubjectKeyOperation = keyof typeof subjectKeyOperations;
