// check:api: no public name changes unseen. Every package has an API report, api/<package>.api.md, made from its
// declarations by API Extractor. `npm run check:api -- --write` writes those that differ.
import { mkdirSync, readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

import { CompilerState, Extractor, ExtractorConfig, ExtractorLogLevel } from '@microsoft/api-extractor';

import { ROOT, readJson, workspaceFolders } from '../workspace.mjs';

const REPORTS = join(ROOT, 'api');
const TEMPORARY = join(ROOT, 'node_modules', '.api-reports');
const isWriting = process.argv.includes('--write');

/** Each published entry of each package: its name in the reports and the file of its declarations. */
const entries = workspaceFolders()
  .map(folder => ({ folder, manifest: readJson(join(ROOT, folder, 'package.json')) }))
  .filter(({ manifest }) => !manifest.private)
  .flatMap(({ folder, manifest }) =>
    Object.entries(manifest.exports)
      .filter(([, target]) => target.import?.types)
      .map(([entry, target]) => ({
        folder: join(ROOT, folder),
        name: [basename(folder), ...(entry === '.' ? [] : [basename(entry)])].join('.'),
        types: join(ROOT, folder, target.import.types),
      })),
  );

const prepare = ({ folder, name, types }) =>
  ExtractorConfig.prepare({
    configObject: {
      projectFolder: folder,
      mainEntryPointFilePath: types,
      newlineKind: 'lf',
      apiReport: { enabled: true, reportFileName: name, reportFolder: REPORTS, reportTempFolder: TEMPORARY },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      compiler: {
        overrideTsconfig: {
          compilerOptions: {
            target: 'es2022',
            module: 'nodenext',
            moduleResolution: 'nodenext',
            strict: true,
            skipLibCheck: true,
            // A report names what comes from elsewhere and does not describe it, so nothing of that is read.
            noResolve: true,
            types: ['node'],
          },
          files: [types],
        },
      },
      messages: {
        compilerMessageReporting: { default: { logLevel: ExtractorLogLevel.Error } },
        // Whether docstrings follow TSDoc, and which names carry a release tag, is not what this check is about.
        extractorMessageReporting: { default: { logLevel: ExtractorLogLevel.None } },
        tsdocMessageReporting: { default: { logLevel: ExtractorLogLevel.None } },
      },
    },
    configObjectFullPath: undefined,
    packageJsonFullPath: join(folder, 'package.json'),
  });

const declarationsBelow = folder =>
  readdirSync(folder, { recursive: true })
    .filter(file => file.endsWith('.d.ts') && !/^ts\d/.test(file))
    .map(file => join(folder, file));

/** All packages are one program, of their own declarations and of Node's, whose global names they use. */
const compilerState = CompilerState.create(prepare(entries[0]), {
  additionalEntryPoints: [
    ...new Set(entries.map(({ types }) => dirname(types))),
    join(ROOT, 'node_modules', '@types', 'node'),
  ].flatMap(declarationsBelow),
});

const report = entry => {
  const { folder } = entry;
  const messages = [];
  const { apiReportChanged } = Extractor.invoke(prepare(entry), {
    compilerState,
    localBuild: isWriting,
    showVerboseMessages: false,
    messageCallback: message => {
      message.handled = true;
      if (message.logLevel === ExtractorLogLevel.Error) messages.push(message.formatMessageWithLocation(folder));
    },
  });
  return { isUpToDate: isWriting || !apiReportChanged, messages };
};

mkdirSync(REPORTS, { recursive: true });
const problems = entries.flatMap(entry => {
  const { isUpToDate, messages } = report(entry);
  const change = `api/${entry.name}.api.md does not show the public names of the package. See what has changed:`;
  return [...messages, ...(isUpToDate ? [] : [`${change} npm run check:api -- --write && git diff api`])];
});
const names = entries.map(({ name }) => `${name}.api.md`);
const leftOver = readdirSync(REPORTS).filter(file => !names.includes(file));
problems.push(...leftOver.map(file => `api/${file} belongs to no published entry of a package: delete it.`));

if (problems.length > 0) {
  console.error(problems.join('\n'));
  process.exit(1);
}
