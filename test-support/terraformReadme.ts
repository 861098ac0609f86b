import { codeBlocks, readReadme } from './codeBlocks.js';

export const README = readReadme('packages/terraform-module');

const containing = (text: string, readme: string = README): string[] =>
  codeBlocks(readme, 'hcl').filter(code => code.includes(text));

/** The configuration under «First deployment». */
export const firstDeployment = containing('provider "aws"')[0] ?? '';

/** What uses the module: a service, and merged policy documents. */
export const service = [...containing('resource "aws_iam_role_policy"'), ...containing('data "aws_iam_policy')].join(
  '\n',
);

/** The table with an index of its user's. */
export const indexed = containing('additional_indexes')[0] ?? '';

/** The tables without the module. */
export const resources = containing('resource "aws_dynamodb_table"');

const PROJECTION_TABLE = readReadme('packages/terraform-module/modules/projection-table');

/** The first configuration of the module projection-table. */
export const projectionTable = codeBlocks(PROJECTION_TABLE, 'hcl')[0] ?? '';

/** All of them. */
export const projectionTables = codeBlocks(PROJECTION_TABLE, 'hcl');
