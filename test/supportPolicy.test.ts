import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const read = (...path: string[]): string => readFileSync(join(__dirname, '..', ...path), 'utf8');
const manifestOf = (folder: string): { peerDependencies: Record<string, string>; engines: Record<string, string> } =>
  JSON.parse(read(folder, 'package.json')) as never;

const policy = read('SUPPORT.md');
const platforms = read('scripts', 'platforms.mjs');
const workflow = read('.github', 'workflows', 'test.yml');

/** What the policy says of some software: the range, and what holds it. */
const row = (software: string): string => policy.split('\n').find(line => line.startsWith(`| ${software} |`)) ?? '';
const listIn = (text: string, name: string): string[] =>
  [...(new RegExp(`${name}[^[]*\\[([^\\]]*)\\]`).exec(text)?.[1] ?? '').matchAll(/[\d.]+/g)].map(
    ([version]) => version,
  );

describe('The support policy says what manifests and tests hold', () => {
  it('of Node', () => {
    const nodes = listIn(platforms, 'NODES');
    expect(nodes.length).toBeGreaterThan(1);
    expect(listIn(workflow, 'node')).toStrictEqual(nodes);
    expect(row('Node.js')).toContain(`| ${nodes.join(', ')};`);
    expect(manifestOf('packages/adapter').engines).toStrictEqual({ node: `>=${nodes[0]}` });
  });

  it('of TypeScript', () => {
    const versions = listIn(platforms, 'TYPESCRIPTS');
    expect(row('TypeScript')).toContain(`| ${versions[0]} to ${versions.at(-1)},`);
    expect(row('TypeScript')).toContain(`${versions.slice(0, -1).join(', ')} and ${versions.at(-1)} |`);
  });

  it.each([
    ['AWS SDK for JavaScript v3', 'packages/adapter', '@aws-sdk/client-dynamodb'],
    ['AWS SDK for JavaScript v3', 'packages/streams', '@aws-sdk/client-dynamodb'],
    ['AWS SDK for JavaScript v3', 'packages/cli', '@aws-sdk/client-dynamodb'],
    ['CDK', 'packages/cdk-construct', 'aws-cdk-lib'],
  ])('of %s for %s', (software, folder, name) => {
    const oldest = /^\^(\d+\.\d+)\.0$/.exec(manifestOf(folder).peerDependencies[name] ?? '')?.[1];
    expect(row(software)).toContain(`${oldest} or newer`);
  });

  it.each(['@castore/core', '@aws-sdk/client-dynamodb', 'aws-cdk-lib', 'constructs'])('of the oldest %s', name => {
    const oldest = new RegExp(`['"]?${name}['"]?: '(\\d+\\.\\d+)\\.`).exec(platforms)?.[1];
    expect(policy).toContain(`${oldest}`);
  });

  it('of the newest Castore and CDK', () => {
    const versionOf = (...path: string[]): string => (JSON.parse(read(...path)) as { version: string }).version;
    const castore = versionOf('packages', 'adapter', 'node_modules', '@castore', 'core', 'package.json');
    const cdk = versionOf('packages', 'cdk-construct', 'node_modules', 'aws-cdk-lib', 'package.json');
    expect(row('Castore')).toContain(`every test runs with ${castore};`);
    expect(row('CDK')).toContain(`every test runs with ${cdk};`);
  });

  it('of Terraform and its provider', () => {
    const versions = read('packages', 'terraform-module', 'versions.tf');
    expect(versions).toContain('">= 1.5"');
    expect(versions).toContain('">= 5.75.1, < 7.0"');
    expect(row('Terraform')).toContain('| 1.5 or newer, AWS provider 5.75.1 up to 7 |');
    expect(workflow).toContain('terraform_version: 1.11.4');
    expect(workflow).toContain('version = "5.100.0"');
    expect(row('Terraform')).toContain('1.11.4 and provider 5.100.0');
  });
});
