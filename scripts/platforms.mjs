// npm run test:platforms: what users install runs on every Node, and compiles with every TypeScript, that we say it does.
// The versions come from the npm registry, about 1 GB the first time, so this is no part of npm test.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { linkDeclared, linkDependencies, packPublished, scratchFolder } from './packed.mjs';
import { build, install, ROOT } from './workspace.mjs';

const NODES = ['20', '22', '24', '26'];
/** The oldest versions of what users bring along that can be had and are allowed, all at once. */
const OLDEST = {
  '@castore/core': '2.3.1',
  '@aws-sdk/client-dynamodb': '3.363.0',
  'aws-cdk-lib': '2.222.0',
  constructs: '10.0.0',
};
const TYPESCRIPTS = ['5.4', '5.5', '5.6', '5.7', '5.8', '5.9', '6.0', '7'];

/** A user's first hour in one file: a table, events, a conflict, a group, a listing, a snapshot, a projection, a replay, commands. */
const SMOKE_TEST = `
const assert = require('node:assert/strict');

module.exports = async load => {
  const { Command, EventStore, EventType } = await load('@castore/core');
  const adapter = await load('@castore-dynamodb/adapter');
  const { startLocalDynamoDb } = await load('@castore-dynamodb/local');
  const { withSnapshots, InMemorySnapshotStorage, everyNEvents } = await load('@castore-dynamodb/snapshots');
  const { createProjectionTable, DynamoDbCheckpointStore, projection, replayEvents } = await load('@castore-dynamodb/streams');

  const { appendEvents, pushEventsTransaction, runOnce, unchanged } = await load('@castore-dynamodb/commands');

  const { dynamoDbClient, engine, stop } = await startLocalDynamoDb();
  try {
    await adapter.createEventTable(dynamoDbClient, { tableName: 'events', layout: 'single-table' });
    await createProjectionTable(dynamoDbClient, { tableName: 'projections' });
    const pokemons = new EventStore({
      eventStoreId: 'POKEMONS',
      eventTypes: [new EventType({ type: 'CAUGHT' })],
      reducer: (state, { aggregateId, version }) => ({ aggregateId, version }),
      eventStorageAdapter: new adapter.DynamoDbSingleTableEventStorageAdapter({ tableName: 'events', dynamoDbClient }),
    });
    const caught = version => ({ aggregateId: 'pikachu', version, type: 'CAUGHT', payload: { level: 5, bytes: new Uint8Array(3) } });
    await pokemons.pushEvent(caught(1));
    await assert.rejects(pokemons.pushEvent(caught(1)), { eventStoreId: 'POKEMONS', aggregateId: 'pikachu', version: 1 });
    await EventStore.pushEventGroup(pokemons.groupEvent(caught(2)), pokemons.groupEvent(caught(3)));
    assert.equal((await pokemons.getEvents('pikachu')).events.length, 3);
    assert.deepEqual((await pokemons.listAggregateIds()).aggregateIds.length, 1);

    const storage = new InMemorySnapshotStorage();
    const snapshotting = withSnapshots(pokemons, { storage, reducerVersion: '1', policy: everyNEvents(1) });
    assert.equal((await snapshotting.getAggregate('pikachu')).aggregate.version, 3);

    const seen = [];
    const levels = projection({
      name: 'levels',
      eventStores: [pokemons],
      checkpoints: new DynamoDbCheckpointStore({ tableName: 'projections', dynamoDbClient }),
      on: { CAUGHT: ({ version }) => void seen.push(version) },
    });
    await replayEvents({ eventStores: [pokemons], projections: [levels] });
    assert.deepEqual(seen, [1, 2, 3]);

    const { aggregateId, version, ...event } = caught(1);
    const [appended] = await appendEvents(pokemons, 'pikachu', [event]);
    assert.equal(appended.version, 4);
    const raichu = pokemons.groupEvent({ ...caught(1), aggregateId: 'raichu' });
    await assert.rejects(pushEventsTransaction([raichu], { checks: [unchanged(pokemons, 'pikachu', 3)] }), { version: 4 });
    const once = runOnce({
      command: new Command({
        commandId: 'CATCH',
        requiredEventStores: [pokemons],
        handler: async (id, [store]) => (await store.pushEvent({ ...caught(1), aggregateId: id })).event,
      }),
      tableName: 'projections',
      dynamoDbClient,
      key: id => id,
      days: 1,
    });
    assert.deepEqual(await once.handler('mew', [pokemons]), await once.handler('mew', [pokemons]));
    return engine;
  } finally {
    await stop();
  }
};
`;

/** An app with the table, the table of projections, and the bucket. */
const CDK_TEST = `
const { App, Stack } = require('aws-cdk-lib');
const { EventBucket, EventTable, ProjectionTable } = require('@castore-dynamodb/cdk-construct');

const app = new App();
const stack = new Stack(app, 'Pokemons');
new EventTable(stack, 'Events', { layout: 'single-table' });
new ProjectionTable(stack, 'Projections');
new EventBucket(stack, 'LargeEvents');
const { template } = app.synth().getStackByName('Pokemons');
console.log(require('aws-cdk-lib/package.json').version, Object.keys(template.Resources).length, 'resources');
`;

install();
build();
const scratch = scratchFolder('platforms');
const packages = packPublished(scratch);
linkDeclared(packages);
// What the user has installed beside them.
linkDependencies('packages/streams', ['peerDependencies'], join(scratch, 'node_modules'));

const write = (file, text) => writeFileSync(join(scratch, file), text);
write('smoke.cjs', SMOKE_TEST);
write(
  'required.cjs',
  `require('./smoke.cjs')(require).then(engine => console.log(process.version, 'require', engine));`,
);
write(
  'imported.mjs',
  `import smoke from './smoke.cjs';\nconsole.log(process.version, 'import', await smoke(name => import(name)));`,
);
const lines = packages.map(({ name }, index) => `export * as package${index} from '${name}';\n`).join('');
for (const file of ['user.mts', 'user.cts']) write(file, lines);
const compilerOptions = {
  module: 'nodenext',
  target: 'es2022',
  strict: true,
  noEmit: true,
  types: ['node'],
  typeRoots: [join(ROOT, 'node_modules', '@types')],
};
write('tsconfig.json', JSON.stringify({ compilerOptions, files: ['user.mts', 'user.cts'] }));

const failures = [];
const report = (name, status) => {
  console.log(`${status === 0 ? 'ok    ' : 'FAILED'}  ${name}`);
  if (status !== 0) failures.push(name);
};
const run = (name, ...args) => {
  const env = { ...process.env, AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' };
  const { status } = spawnSync('npx', ['-y', '-p', ...args], {
    // Not the scratch folder, in which npx would find other versions.
    cwd: tmpdir(),
    stdio: ['ignore', 'inherit', 'inherit'],
    env,
    shell: process.platform === 'win32',
  });
  report(name, status);
};
for (const version of NODES) {
  run(`Node ${version}, require`, `node@${version}`, 'node', join(scratch, 'required.cjs'));
  run(`Node ${version}, import`, `node@${version}`, 'node', join(scratch, 'imported.mjs'));
}
for (const version of TYPESCRIPTS) run(`TypeScript ${version}`, `typescript@${version}`, 'tsc', '-p', scratch);

const oldest = join(scratch, 'oldest');
mkdirSync(oldest);
const versions = Object.entries(OLDEST).map(([name, version]) => `${name}@${version}`);
execFileSync('npm', ['install', '--prefix', oldest, '--no-audit', '--no-fund', '--silent', ...versions], {
  stdio: 'inherit',
});
for (const { unpacked } of [...packages, { unpacked: scratch }]) {
  for (const name of Object.keys(OLDEST)) {
    const link = join(unpacked, 'node_modules', name);
    if (!existsSync(link)) continue;
    rmSync(link);
    symlinkSync(join(oldest, 'node_modules', name), link, 'junction');
  }
}
for (const name of ['aws-cdk-lib', 'constructs']) {
  symlinkSync(join(oldest, 'node_modules', name), join(scratch, 'node_modules', name), 'junction');
}
write('cdk.cjs', CDK_TEST);
run('the oldest SDK and Castore', 'node@20', 'node', join(scratch, 'required.cjs'));
run('the oldest CDK', 'node@20', 'node', join(scratch, 'cdk.cjs'));

const copiedService = join(ROOT, 'scripts', 'checks', 'copiedService.mjs');
const { status } = spawnSync(process.execPath, [copiedService], { stdio: ['ignore', 'ignore', 'inherit'] });
report('the service of examples/orders, copied', status);

const count = 2 * NODES.length + TYPESCRIPTS.length + 3;
console.log(`${count - failures.length} passed, ${failures.length} failed`);
process.exitCode = failures.length > 0 ? 1 : 0;
