import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export const README = readFileSync(join(__dirname, '..', 'README.md'), 'utf8');

const configurations = [...README.matchAll(/^```hcl\n(.*?)^```$/gms)].map(([, code = '']) => code);

const containing = (text: string): string[] => configurations.filter(code => code.includes(text));

/** The configuration under «First deployment». */
export const firstDeployment = containing('provider "aws"')[0] ?? '';

/** The configuration of a service that uses the module. */
export const service = containing('resource "aws_iam_role_policy"')[0] ?? '';

/** The tables without the module. */
export const resources = containing('resource "aws_dynamodb_table"');
