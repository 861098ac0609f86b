import { codeBlocks, readPage, readReadme } from './codeBlocks.js';

/** The page of the module on the site; its README shows the first deployment only. */
export const README = readPage('terraform-module');

const BLOCKS = codeBlocks(README, 'hcl');

/** The configuration under «First deployment». */
export const firstDeployment = BLOCKS.find(code => code.includes('provider "aws"')) ?? '';

/** The table with an index of its user's. */
export const indexed = BLOCKS.find(code => code.includes('additional_indexes')) ?? '';

/** The module for a table that exists. */
export const existing = BLOCKS.find(code => code.includes('legacy-events')) ?? '';

/** The tables without the module. */
export const resources = BLOCKS.filter(code => code.includes('resource "aws_dynamodb_table"'));

/** Every other block. Together with those of the module projection-table they are one configuration. */
export const withModule = BLOCKS.filter(code => !resources.includes(code));

export const projectionTables = codeBlocks(readReadme('packages/terraform-module/modules/projection-table'), 'hcl');

/** The first configuration of the module projection-table. */
export const projectionTable = projectionTables[0] ?? '';
