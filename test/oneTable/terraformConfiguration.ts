import { resolve } from 'node:path';

import { EVENT_TABLE_LAYOUTS, type EventTableLayout } from '@castore-dynamodb/table';

import { uniqueTableName } from '../../test-support/engines.js';
import { firstDeployment, resources } from '../../test-support/terraformReadme.js';

const SOURCE = resolve(__dirname, '..', '..', 'packages', 'terraform-module');

/** What is deployed on one engine, by its label in the configuration. */
export interface Deployment {
  endpoint: string;
  /** DynamoDB Local takes a request for encryption, and then tells of none: every plan would ask for it again. */
  encrypts: boolean;
  /** The README's first deployment, and the same for the other layout. */
  modules: Record<EventTableLayout, Labelled>;
  /** The README's tables without the module. */
  resources: Record<EventTableLayout, Labelled>;
}

interface Labelled {
  label: string;
  tableName: string;
}

/** Labels and names for what is deployed on an engine. */
export const deploymentOn = (name: string, endpoint: string): Deployment => {
  const engine = name.toLowerCase().replaceAll(/\W+/g, '-');
  const labelled = (kind: string): Record<EventTableLayout, Labelled> => {
    const on = (layout: EventTableLayout) => ({
      label: `${kind}-${layout}-${engine}`,
      tableName: uniqueTableName('terraform'),
    });
    return { 'single-table': on('single-table'), 'table-per-store': on('table-per-store') };
  };

  return {
    endpoint,
    encrypts: name !== 'DynamoDB Local',
    modules: labelled('module'),
    resources: labelled('resource'),
  };
};

/** Everything that is deployed on an engine. */
export const tablesOf = ({ modules, resources: tables }: Deployment): Labelled[] =>
  [modules, tables].flatMap(each => Object.values(each));

/** The README's configurations, deployed under other labels and names. */
export const configuration = (deployments: Deployment[]): string => {
  const [, module = ''] = firstDeployment.split(/^(?=module )/m);
  const [provider = ''] = firstDeployment.split(/^module /m);
  const nameIn = (text: string, { tableName }: Labelled) => text.replace('"orders-events"', `"${tableName}"`);

  const parts = deployments.flatMap(({ modules, resources: tables }) =>
    EVENT_TABLE_LAYOUTS.flatMap((layout, position) => [
      nameIn(module, modules[layout])
        .replace('module "events"', `module "${modules[layout].label}"`)
        .replace(/source = ".*"/, `source = ${JSON.stringify(SOURCE)}`),
      nameIn(resources[position] ?? '', tables[layout]).replace(
        '"aws_dynamodb_table" "events"',
        `"aws_dynamodb_table" "${tables[layout].label}"`,
      ),
    ]),
  );
  const outputs = deployments
    .flatMap(({ modules }) => Object.values(modules))
    .map(({ label }) => `output "${label}" {\n  value = module.${label}\n}\n`);

  return [provider, ...parts, ...outputs].join('\n');
};

/**
 * What differs from the README. Terraform merges a file of this name into the others:
 * https://developer.hashicorp.com/terraform/language/files/override
 */
export const overrides = (deployments: Deployment[], endpoint: string): string => {
  const modules = deployments.flatMap(({ modules: labelled, encrypts }) =>
    EVENT_TABLE_LAYOUTS.map(
      layout => `
module "${labelled[layout].label}" {
  layout                         = "${layout}"
  deletion_protection_enabled    = var.deletion_protection_enabled
  point_in_time_recovery_enabled = false
  server_side_encryption_enabled = ${encrypts}
}`,
    ),
  );
  // Of an on-demand table, DynamoDB Local does not tell the index's capacity (0), without which the provider takes the
  // index for another one.
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

  endpoints {
    dynamodb = "${endpoint}"
    kms      = "${endpoint}"
  }
}
${[...modules, ...tables].join('\n')}
`;
};
