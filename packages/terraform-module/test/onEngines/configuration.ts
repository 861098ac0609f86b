import { join } from 'node:path';

import { EVENT_TABLE_LAYOUTS, type EventTableLayout } from '@castore-dynamodb/table';
import { uniqueTableName } from '@castore-dynamodb/testing/engines';
import {
  existing,
  firstDeployment,
  indexed,
  projectionTable,
  resources,
} from '@castore-dynamodb/testing/terraformReadme';

const MODULE = join(__dirname, '..', '..');

interface Labelled {
  label: string;
  tableName: string;
}

/** What is deployed on one engine, by its label in the configuration. */
export interface Deployment {
  endpoint: string;
  /** DynamoDB Local takes a request for encryption, and does not show it: every plan would ask for it again. */
  encrypts: boolean;
  /** The README's first deployment, and the same for the other layout. */
  modules: Record<EventTableLayout, Labelled>;
  /** The README's tables without the module. */
  resources: Record<EventTableLayout, Labelled>;
  /** The README's table of two indexes, which gets a third one outside of Terraform. */
  indexed: Labelled;
  /** A table whose index `initialEvents` somebody deletes. */
  withoutIndex: Labelled;
  /** The first deployment of the module projection-table. */
  projectionTable: Labelled;
  /** A table that Terraform did not make, and that it takes over. */
  existing: Labelled;
  /** Tables that Terraform did not make, and that the module refuses. */
  ofOtherLayout: Labelled;
  ofOtherKeys: Labelled;
}

/** Labels and names for what is deployed on an engine. */
export const deploymentOn = (name: string, endpoint: string): Deployment => {
  const engine = name.toLowerCase().replaceAll(/\W+/g, '-');
  const labelled = (kind: string): Labelled => ({
    label: `${kind}-${engine}`,
    tableName: uniqueTableName('terraform'),
  });
  const forEachLayout = (kind: string): Record<EventTableLayout, Labelled> => ({
    'single-table': labelled(`${kind}-single-table`),
    'table-per-store': labelled(`${kind}-table-per-store`),
  });

  return {
    endpoint,
    encrypts: name !== 'DynamoDB Local',
    modules: forEachLayout('module'),
    resources: forEachLayout('resource'),
    indexed: labelled('indexed'),
    withoutIndex: labelled('without-index'),
    projectionTable: labelled('projection-table'),
    existing: labelled('existing'),
    ofOtherLayout: labelled('of-other-layout'),
    ofOtherKeys: labelled('of-other-keys'),
  };
};

/** The tables of an engine, Terraform's and the others. */
export const tableNamesOf = ({
  modules,
  resources: tables,
  endpoint: _endpoint,
  encrypts: _encrypts,
  ...others
}: Deployment) =>
  [...[modules, tables].flatMap(each => Object.values(each)), ...Object.values(others)].map(
    ({ tableName }) => tableName,
  );

const [providerBlock = '', moduleBlock = ''] = firstDeployment.split(/^(?=module )/m);

/** A block of a README under another label and name, with the module's source on this machine. */
const as = ({ label, tableName }: Labelled, block: string): string =>
  block
    .replace(/^(module|resource "aws_dynamodb_table") "[\w-]+"/m, `$1 "${label}"`)
    .replace(/^(\s+name\s+= )"[\w-]+"/m, `$1"${tableName}"`)
    .replace(/git::[^"]+\/\/packages\/terraform-module([^?]*)\?[^"]+/, (_, path) => MODULE + path);

/** The READMEs' configurations, under other labels and names. */
export const configuration = (deployments: Deployment[]): string => {
  const parts = deployments.flatMap(({ modules, resources: tables, ...others }) => [
    ...EVENT_TABLE_LAYOUTS.flatMap((layout, position) => [
      as(modules[layout], moduleBlock),
      as(tables[layout], resources[position] ?? ''),
    ]),
    as(others.indexed, indexed),
    as(others.withoutIndex, moduleBlock),
    as(others.projectionTable, projectionTable),
  ]);
  const outputs = deployments
    .flatMap(({ modules, projectionTable: views }) => [...Object.values(modules), views])
    .map(({ label }) => `output "${label}" {\n  value = module.${label}\n}\n`);

  return [providerBlock, ...parts, ...outputs].join('\n');
};

/** The module for the tables that exist, as in the README. Dynoxide cannot switch encryption on later. */
export const takenOver = (deployments: Deployment[]): string =>
  deployments
    .map(({ existing: table }) => as(table, existing).replace(/\}\s*$/, `${withoutProtection(false)}}\n`))
    .join('\n');

/** Has the module take over the tables that it refuses. */
export const imports = (deployments: Deployment[]): string =>
  deployments
    .flatMap(({ encrypts, ofOtherLayout, ofOtherKeys }) =>
      [ofOtherLayout, ofOtherKeys].flatMap(table => [
        `import {\n  to = module.${table.label}.aws_dynamodb_table.this\n  id = "${table.tableName}"\n}\n`,
        as(table, moduleBlock).replace(/\}\s*$/, `${withoutProtection(encrypts)}}\n`),
      ]),
    )
    .join('\n');

const withoutProtection = (encrypts: boolean): string => `
  deletion_protection_enabled    = var.deletion_protection_enabled
  point_in_time_recovery_enabled = false
  server_side_encryption_enabled = ${encrypts}
`;

/** The keys of KMS that subjects' keys in the projection table are said to be wrapped by. */
export const WRAPPING_KEYS = {
  wrappingKey: 'arn:aws:kms:us-east-1:111122223333:key/now',
  formerWrappingKey: 'arn:aws:kms:us-east-1:111122223333:key/former',
};

const wrappedBy = ({ wrappingKey, formerWrappingKey }: typeof WRAPPING_KEYS): string => `
  subject_wrapping_key_arn         = "${wrappingKey}"
  former_subject_wrapping_key_arns = ["${formerWrappingKey}"]
`;

/** Has the tables of the other layout switched to provisioned capacity. */
export const switchToProvisioned = (deployments: Deployment[]): string =>
  deployments
    .map(({ modules }) => `module "${modules['table-per-store'].label}" {\n  billing_mode = "PROVISIONED"\n}\n`)
    .join('\n');

/**
 * What differs from the READMEs. Terraform merges a file of this name into the others:
 * https://developer.hashicorp.com/terraform/language/files/override
 */
export const overrides = (deployments: Deployment[]): string => {
  const modules = deployments.flatMap(
    ({ modules: labelled, indexed: more, withoutIndex, projectionTable: views, encrypts }) => [
      ...EVENT_TABLE_LAYOUTS.map(
        layout => `module "${labelled[layout].label}" {\n  layout = "${layout}"\n${withoutProtection(encrypts)}}`,
      ),
      ...[more, withoutIndex].map(({ label }) => `module "${label}" {\n${withoutProtection(encrypts)}}`),
      `module "${views.label}" {\n${withoutProtection(encrypts)}${wrappedBy(WRAPPING_KEYS)}}`,
    ],
  );
  // DynamoDB Local does not show the capacity (0) of an on-demand table's index, without which the provider takes the index
  // for another one.
  const tables = deployments.flatMap(({ resources: labelled, encrypts }) =>
    Object.values(labelled).map(
      ({ label }) => `
resource "aws_dynamodb_table" "${label}" {
  deletion_protection_enabled = var.deletion_protection_enabled

  point_in_time_recovery {
    enabled = false
  }

  server_side_encryption {
    enabled = ${encrypts}
  }

  lifecycle {
    ignore_changes = [global_secondary_index]
  }
}`,
    ),
  );

  return `
provider "aws" {
  access_key                  = "test"
  secret_key                  = "test"
  max_retries                 = 1
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}
${[...modules, ...tables].join('\n')}
`;
};
