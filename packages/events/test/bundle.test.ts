import { join, relative } from 'node:path';

import { build } from 'esbuild';

const PACKAGES = join(__dirname, '..', '..');

/** The files of ours whose code is in a bundle of what is named, and whether it is to load something of AWS's or of Node's. */
const bundled = async (names: readonly string[]): Promise<{ files: string[]; imports: string[] }> => {
  const { metafile } = await build({
    stdin: { contents: `export { ${names.join()} } from './src/index.js';`, resolveDir: join(PACKAGES, 'events') },
    alias: Object.fromEntries(
      ['adapter', 'commons', 'table'].map(name => [
        `@castore-dynamodb/${name}`,
        join(PACKAGES, name, 'src', 'index.ts'),
      ]),
    ),
    format: 'esm',
    bundle: true,
    write: false,
    metafile: true,
    outfile: 'bundle.mjs',
    absWorkingDir: PACKAGES,
    platform: 'node',
    target: 'node20',
    external: ['@aws-sdk/*', '@castore/*'],
    logLevel: 'silent',
  });
  const [output] = Object.values(metafile.outputs);
  return {
    files: Object.entries(output?.inputs ?? {}).flatMap(([file, { bytesInOutput }]) =>
      bytesInOutput > 0 ? [relative(PACKAGES, join(PACKAGES, file))] : [],
    ),
    imports: (output?.imports ?? []).map(({ path }) => path),
  };
};

const FOLDERS = ['largeEvents', 'encryption', 'stored'];

describe('a bundle', () => {
  it.each([
    ['evolution', ['evolution', 'shapesOf', 'schemasOf'], []],
    ['largeEvents', ['largeEvents'], ['largeEvents']],
    ['encryption', ['encryption', 'DynamoDbSubjectKeys', 'localWrapping'], ['encryption']],
  ])('of %s has nothing of what else the package does', async (_, names, folders) => {
    const { files, imports } = await bundled(names);
    const inOthers = files.filter(file =>
      FOLDERS.some(folder => !folders.includes(folder) && file.startsWith(join('events', 'src', folder))),
    );
    expect(inOthers).toEqual([]);
    expect(files.some(file => file.startsWith(join('events', 'src', folders[0] ?? 'evolution')))).toBe(true);
    expect(imports.includes('node:zlib')).toBe(folders.includes('largeEvents'));
    expect(imports.includes('@aws-sdk/client-s3')).toBe(folders.includes('largeEvents'));
    expect(imports).not.toContain('@aws-sdk/client-kms');
  });
});
