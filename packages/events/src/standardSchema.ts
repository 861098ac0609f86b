/**
 * A schema of whichever library, by the interface that they share; of a library that has it, any schema is one.
 * Source: https://standardschema.dev (version 1 of the specification), described here by its shape.
 *
 * @example
 * const ballSchema: StandardSchema<{ ball: string }> = {
 *   '~standard': {
 *     version: 1,
 *     vendor: 'pokemons',
 *     validate: value =>
 *       typeof (value as { ball?: unknown } | null)?.ball === 'string'
 *         ? { value: value as { ball: string } }
 *         : { issues: [{ message: 'expected a string', path: ['ball'] }] },
 *   },
 * };
 */
export interface StandardSchema<OUTPUT = unknown> {
  readonly '~standard': {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => SchemaResult<OUTPUT> | Promise<SchemaResult<OUTPUT>>;
  };
}

/**
 * @example
 * const result = await ballSchema['~standard'].validate({ ball: 'great' });
 * const messages: string[] = (result satisfies SchemaResult<{ ball: string }>).issues?.map(({ message }) => message) ?? [];
 */
export type SchemaResult<OUTPUT> =
  | { readonly value: OUTPUT; readonly issues?: undefined }
  | { readonly issues: readonly SchemaIssue[] };

export interface SchemaIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/** Where an issue is: `['items', 2]`. */
export const pathOf = ({ path = [] }: SchemaIssue): PropertyKey[] =>
  path.map(step => (typeof step === 'object' ? step.key : step));
