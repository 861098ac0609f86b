// Dependencies point one way. What a package may know of the others is listed here; a new package knows nobody.
import { readdirSync } from 'node:fs';

const KNOWS = {
  adapter: ['commons', 'table'],
  'cdk-construct': ['table'],
  live: ['adapter', 'commons', 'streams'],
  cli: ['adapter', 'commons', 'snapshots', 'streams', 'table'],
  local: ['commons'],
  commands: ['adapter', 'commons', 'table'],
  events: ['adapter', 'commons', 'table'],
  snapshots: ['adapter', 'commons'],
  streams: ['adapter', 'commons', 'table'],
};

// `live` has one for browsers, too.
const publicFaceOf = name => `^packages/${name}/src/(client/)?index\\.ts$`;

/** What tests share: each of its files is a face. It may know every package, and no package's sources know it. */
const TESTING = '^packages/testing/src/';

const published = readdirSync('packages').filter(name => name !== 'testing');
const arrows = published.map(name => ({
  name: `arrows-of-${name}`,
  comment: `${name} may know ${KNOWS[name]?.join(', ') ?? 'no other package'}, by its public face.`,
  severity: 'error',
  from: { path: `^packages/${name}/src/` },
  to: { path: '^packages/', pathNot: [`^packages/${name}/src/`, ...(KNOWS[name] ?? []).map(publicFaceOf)] },
}));

export default {
  forbidden: [
    ...arrows,
    {
      name: 'public-face-only',
      comment: 'Tests import another package by its public face, never a file inside it.',
      severity: 'error',
      from: { path: '^packages/([^/]+)/test/' },
      to: { path: '^packages/', pathNot: ['^packages/$1/', publicFaceOf('[^/]+'), TESTING] },
    },
    {
      name: 'public-face-only-from-outside',
      comment: 'So do examples, benchmarks and scripts.',
      severity: 'error',
      from: { pathNot: '^packages/' },
      to: { path: '^packages/', pathNot: [publicFaceOf('[^/]+'), TESTING] },
    },
    {
      name: 'sources-without-tests',
      comment: 'What is published knows nothing of tests, examples and benchmarks.',
      severity: 'error',
      from: { path: '^packages/[^/]+/src/', pathNot: TESTING },
      to: { path: '^(packages/[^/]+/test|packages/testing|test|examples|bench)/' },
    },
    {
      name: 'table-is-plain-data',
      severity: 'error',
      from: { path: '^packages/table/src/' },
      to: { pathNot: '^packages/table/src/' },
    },
    {
      name: 'infrastructure-without-runtime',
      comment: 'Who only deploys the table never installs the AWS SDK or Castore.',
      severity: 'error',
      from: { path: '^packages/(table|cdk-construct)/src/' },
      to: { path: '(^|node_modules/)@(aws-sdk|smithy|castore)/' },
    },
    {
      name: 'conformance-runs-any-adapter',
      comment: 'The contract suite knows Castore and Node, and no adapter or client.',
      severity: 'error',
      from: { path: '^packages/conformance/src/' },
      to: {
        dependencyTypesNot: ['local', 'localmodule', 'core', 'aliased'],
        pathNot: '(^|node_modules/)@castore/core(/|$)',
      },
    },
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'resolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.test.json' },
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(dist|cdk\\.out|coverage|\\.temporary)/' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'types', 'default'] },
  },
};
