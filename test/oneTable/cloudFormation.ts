import { EventTable } from '@castore-dynamodb/cdk-construct';
import type { EventTableLayout } from '@castore-dynamodb/table';
import { codeBlocks, readPage } from '@castore-dynamodb/testing/codeBlocks';
import type { CloudFormationResource } from '@castore-dynamodb/testing/createTableRequest';
import { includeTemplate, onlyResource, roleIn, statementsOf, testApp } from '@castore-dynamodb/testing/synthesis';

import { permissionsIn } from '../permissions.js';
import type { Grants } from './comparePermissions.js';

const { stack, template } = testApp();

export interface DescribedTable {
  resource: () => CloudFormationResource;
}

export interface SynthesizedTable extends DescribedTable {
  /** What each of its grants allows, given the ARN that the table was deployed with. */
  grants: (tableArn: string) => Grants & { readWrite: string[] };
}

/** What `new EventTable` comes to in CloudFormation, and what its grants do. */
export const synthesizedTable = (layout: EventTableLayout): SynthesizedTable => {
  const within = stack();
  const table = new EventTable(within, 'Events', { layout });
  const roles = {
    getEvents: roleIn(within, 'GetEvents'),
    pushEvent: roleIn(within, 'PushEvent'),
    listAggregateIds: roleIn(within, 'ListAggregateIds'),
    readWrite: roleIn(within, 'ReadWrite'),
  };
  table.grantGetEvents(roles.getEvents);
  table.grantPushEvent(roles.pushEvent);
  table.grantListAggregateIds(roles.listAggregateIds);
  table.grantReadWrite(roles.readWrite);

  return {
    resource: () => onlyResource(template(within), 'AWS::DynamoDB::GlobalTable'),
    grants: tableArn => {
      const allowedBy = (role: (typeof roles)[keyof typeof roles]) =>
        permissionsIn(deployed(statementsOf(role), tableArn));
      return {
        getEvents: allowedBy(roles.getEvents),
        pushEvent: allowedBy(roles.pushEvent),
        listAggregateIds: allowedBy(roles.listAggregateIds),
        readWrite: allowedBy(roles.readWrite),
      };
    },
  };
};

/** What a template becomes when it is deployed: here it refers to nothing but the ARN of its only table. */
const deployed = (part: any, tableArn: string): any => {
  if (typeof part !== 'object') return part;
  if (Array.isArray(part)) return part.map(each => deployed(each, tableArn));
  if ('Fn::GetAtt' in part) return tableArn;
  if ('Fn::Join' in part) return deployed(part['Fn::Join'][1], tableArn).join(part['Fn::Join'][0]);
  return Object.fromEntries(Object.entries(part).map(([name, value]) => [name, deployed(value, tableArn)]));
};

const PRINTED_TEMPLATES: Record<EventTableLayout, number> = { 'single-table': 0, 'table-per-store': 1 };

/** The table of a layout in the templates that the construct's page prints. */
export const printedTable = (layout: EventTableLayout): DescribedTable => {
  const within = stack();
  includeTemplate(within, codeBlocks(readPage('cdk-construct'), 'yaml')[PRINTED_TEMPLATES[layout]] ?? '');
  return { resource: () => onlyResource(template(within), 'AWS::DynamoDB::GlobalTable') };
};
