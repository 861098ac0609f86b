import { codeBlocks, readReadme } from './codeBlocks.js';

export const README = readReadme('packages/terraform-module');

const containing = (text: string): string[] => codeBlocks(README, 'hcl').filter(code => code.includes(text));

/** The configuration under «First deployment». */
export const firstDeployment = containing('provider "aws"')[0] ?? '';

/** The configuration of a service that uses the module. */
export const service = containing('resource "aws_iam_role_policy"')[0] ?? '';

/** The tables without the module. */
export const resources = containing('resource "aws_dynamodb_table"');
