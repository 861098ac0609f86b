import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { App, Stack, type StackProps } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { CfnInclude } from 'aws-cdk-lib/cloudformation-include';

import type { CloudFormationResource } from './createTableRequest.js';

const scratch = mkdtempSync(join(tmpdir(), 'event-table-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** An app that is not synthesized. Without its own folder, it would leave one. */
export const unsynthesizedApp = () => new App({ outdir: join(scratch, 'unsynthesized') });

/**
 * An app for one test file. Its stacks are made while the file is read, and synthesized all at once when the first
 * test asks for a template: that is what takes the time, and most of it their validation.
 */
export const testApp = ({ builtinCloudFormationValidation = false } = {}) => {
  const outdir = join(scratch, 'cdk.out');
  // ARNs in a known region then begin with arn:aws instead of a reference to the partition, as in new CDK projects.
  const context = { '@aws-cdk/core:enablePartitionLiterals': true };
  const app = new App({ outdir, context, builtinCloudFormationValidation });

  let stacks = 0;
  return {
    stack: (props?: StackProps) => new Stack(app, `Stack${++stacks}`, props),
    template: (stack: Stack) => Template.fromStack(stack),
    /** What the resource types' schemas have against the templates: every finding of the CDK's own validation. */
    schemaViolations: (): unknown[] => {
      app.synth();
      const { pluginReports } = JSON.parse(readFileSync(join(outdir, 'validation-report.json'), 'utf8'));
      return pluginReports.flatMap(({ violations }: { violations: unknown[] }) => violations);
    },
  };
};

export type TestApp = ReturnType<typeof testApp>;

/** The one resource of a type in a template. */
export const onlyResource = (template: Template, type: string): CloudFormationResource => {
  const [resource, ...others] = Object.values(template.findResources(type)) as CloudFormationResource[];
  if (resource === undefined || others.length > 0) throw new Error(`Not exactly one ${type} in the template.`);
  return resource;
};

/** Puts a template as it is written in YAML into a stack. */
export const includeTemplate = (stack: Stack, yaml: string): CfnInclude => {
  const templateFile = join(scratch, `${stack.node.id}.yaml`);
  writeFileSync(templateFile, yaml);
  return new CfnInclude(stack, 'Template', { templateFile });
};

/** A role that something can be granted to. */
export const roleIn = (stack: Stack, id: string): iam.Role =>
  new iam.Role(stack, id, { assumedBy: new iam.AccountRootPrincipal() });

/** A function that something can be attached to; its code does not matter. */
export const functionIn = (stack: Stack, id: string): lambda.Function & { role: iam.Role } =>
  new lambda.Function(stack, id, {
    runtime: lambda.Runtime.NODEJS_22_X,
    handler: 'index.handler',
    code: lambda.Code.fromInline('exports.handler = async () => ({ batchItemFailures: [] });'),
  }) as lambda.Function & { role: iam.Role };

/** Every policy statement of a role. */
export const statementsOf = (role: iam.Role): Record<string, any>[] => {
  const stack = Stack.of(role);
  return Object.values(Template.fromStack(stack).findResources('AWS::IAM::Policy'))
    .filter(({ Properties }) =>
      Properties.Roles.some(({ Ref }: { Ref: string }) => Ref === stack.resolve(role.roleName).Ref),
    )
    .flatMap(({ Properties }) => Properties.PolicyDocument.Statement);
};
