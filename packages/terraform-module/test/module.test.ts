import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import * as table from '@castore-dynamodb/table';
import { codeBlocks, readReadme } from '@castore-dynamodb/testing/codeBlocks';
import { describeWithTerraform } from '@castore-dynamodb/testing/terraform';
import {
  firstDeployment,
  projectionTables,
  README,
  resources,
  withModule,
} from '@castore-dynamodb/testing/terraformReadme';

import { inputsTable, outputsTable } from './tables.js';

const MODULE = join(__dirname, '..');
const ORDERS = join(__dirname, '..', '..', '..', 'examples', 'orders', 'infrastructure', 'terraform', 'main.tf');
const MODULES = ['stream-handler', 'projection-table', 'live-feed', 'event-bucket'];

/** An example has providers in two regions. */
const IN_TWO_REGIONS = 'example_in_two_regions.tftest.hcl';

/** The README of projection-table uses it, and does not show it. */
const REPLAY_ROLE = `
resource "aws_iam_role" "replay" {
  assume_role_policy = jsonencode({})
}`;

describe('the README', () => {
  it.each([
    ['the module', README, MODULE] as const,
    ...MODULES.map(
      name =>
        [
          `the module ${name}`,
          readReadme(`packages/terraform-module/modules/${name}`),
          join(MODULE, 'modules', name),
        ] as const,
    ),
  ])('has the inputs and the outputs that the code of %s has', (_, readme, folder) => {
    expect(readme).toContain(`\n\n${inputsTable(folder)}\n\n`);
    expect(readme).toContain(`\n\n${outputsTable(folder)}\n\n`);
  });

  it('of the module stream-handler shows its example', () => {
    const readme = readReadme('packages/terraform-module/modules/stream-handler');
    const example = readFileSync(join(MODULE, 'examples', 'stream-handler', 'main.tf'), 'utf8');
    for (const block of codeBlocks(readme, 'hcl')) {
      expect(example).toContain(
        block.replace(/git::[^"]+\/\/packages\/terraform-module\/([^?]+)\?[^"]+/, '../../$1').trim(),
      );
    }
    expect(codeBlocks(readme, 'hcl')).toHaveLength(3);
  });

  it('has a first deployment of at most ten lines', () => {
    expect(firstDeployment.trim().split('\n').length).toBeLessThanOrEqual(10);
  });

  it('has the first deployment that the READMEs of the module and of the project show', () => {
    expect(codeBlocks(readReadme('packages/terraform-module'), 'hcl')).toEqual([firstDeployment]);
    // The project's may leave out the provider.
    const [module = ''] = codeBlocks(readReadme('.'), 'hcl');
    expect(module).toContain('module "events"');
    expect(firstDeployment.endsWith(module)).toBe(true);
  });
});

describe('the attributes of events', () => {
  const attributes = Object.entries(table.EVENT_TABLE_ATTRIBUTES);

  it('are none that a time to live can be read from', () => {
    const variables = readFileSync(join(MODULE, 'variables.tf'), 'utf8');
    const [, refused = ''] = /contains\(\s*(\[[^\]]*\]),\s*var\.ttl_attribute_name/.exec(variables) ?? [];
    expect(JSON.parse(refused)).toStrictEqual(attributes.map(([name]) => name));
  });

  it('are keys of indexes in the type only that they are written in', () => {
    const variables = readFileSync(join(MODULE, 'variables_capacity.tf'), 'utf8');
    const [, types = ''] = /key\.type == lookup\(\{([^}]*)\}/.exec(variables) ?? [];
    const written = [...types.matchAll(/(\w+)\s*= "([^"]*)"/g)].map(([, name, type]) => [name, type]);
    const isKey = (type: string) => ['S', 'N', 'B'].includes(type);
    expect(Object.fromEntries(written)).toStrictEqual(
      Object.fromEntries(attributes.map(([name, type]) => [name, isKey(type) ? type : 'not a key'])),
    );
  });
});

describeWithTerraform('the module', terraform => {
  const copy = join(terraform.folder, 'module');
  const all = join(terraform.folder, 'all');

  beforeAll(() => {
    cpSync(MODULE, copy, { recursive: true, filter: path => !/[\\/]\.terraform/.test(path) });
  });

  it('is formatted', async () => {
    expect(await terraform.run(copy, ['fmt', '-check', '-recursive', '-diff'])).toMatchObject({ exitCode: 0 });
  });

  it('is valid, and so are its examples and the README’s', async () => {
    // One configuration that holds them all: reading the provider's schemas takes Terraform seconds, each time.
    mkdirSync(join(all, 'readme'), { recursive: true });
    writeFileSync(
      join(all, 'readme', 'main.tf'),
      [...withModule, ...projectionTables, REPLAY_ROLE]
        .join('\n')
        .replaceAll(/git::[^"]+\/\/packages\/terraform-module([^?]*)\?[^"]+/g, '../../module$1'),
    );
    resources.forEach((resource, position) => {
      mkdirSync(join(all, `resource${position}`));
      writeFileSync(join(all, `resource${position}`, 'main.tf'), resource);
    });
    // The service of examples/orders, as if it lay beside the module.
    mkdirSync(join(all, 'orders'));
    writeFileSync(
      join(all, 'orders', 'main.tf'),
      readFileSync(ORDERS, 'utf8').replaceAll(/"[./]+\/packages\/terraform-module/g, '"../../module'),
    );
    const examples = ['basic', 'complete', 'stream-handler'].map(example => `../module/examples/${example}`);
    const parts = [...examples, './orders', './readme', './resource0', './resource1'];
    writeFileSync(
      join(all, 'main.tf'),
      parts.map((part, position) => `module "part${position}" {\n  source = "${part}"\n}\n`).join('\n'),
    );

    await terraform.succeed(all, ['init']);
    expect(await terraform.run(all, ['validate'])).toMatchObject({ exitCode: 0 });
  }, 120_000);

  it.each([
    ['in one region', terraform, (file: string) => file !== IN_TWO_REGIONS] as const,
    ['in two regions', terraform.withoutSharedProvider, (file: string) => file === IN_TWO_REGIONS] as const,
  ])(
    'passes `terraform test` %s',
    async (_, commands, isChosen) => {
      const chosen = readdirSync(join(copy, 'test')).filter(file => file.endsWith('.tftest.hcl') && isChosen(file));
      const filters = chosen.map(file => `-filter=test/${file}`);
      await commands.succeed(copy, ['init', '-test-directory=test']);
      const { exitCode, output } = await commands.run(copy, ['test', '-test-directory=test', ...filters]);

      expect({ exitCode, output }).toMatchObject({
        exitCode: 0,
        output: expect.stringMatching(/[1-9]\d* passed, 0 failed\./),
      });
      expect(output.match(/\.tftest\.hcl\.\.\. pass/g)).toHaveLength(chosen.length);
    },
    240_000,
  );

  it('can be had from a git repository, by the folder and the tag that the README names', async () => {
    const repository = join(terraform.folder, 'repository');
    const root = join(terraform.folder, 'by-git');
    const [, tag = ''] = /\?ref=([^"]+)"/.exec(firstDeployment) ?? [];
    const git = (...args: string[]) =>
      execFileSync('git', ['-c', 'user.name=test', '-c', 'user.email=test@example.com', ...args], {
        cwd: repository,
        stdio: 'pipe',
      });
    cpSync(copy, join(repository, 'packages', 'terraform-module'), {
      recursive: true,
      filter: path => !/[\\/]\.terraform/.test(path),
    });
    git('init');
    git('add', '.');
    git('commit', '--no-verify', '--message', 'Release');
    git('tag', tag);
    mkdirSync(root);
    writeFileSync(
      join(root, 'main.tf'),
      firstDeployment.replace('git::https://github.com/OWNER/castore-dynamodb.git', `git::file://${repository}`),
    );

    await terraform.succeed(root, ['get']);
    expect(
      readFileSync(join(root, '.terraform', 'modules', 'events', 'packages', 'terraform-module', 'main.tf'), 'utf8'),
    ).toBe(readFileSync(join(MODULE, 'main.tf'), 'utf8'));
  }, 60_000);
});
