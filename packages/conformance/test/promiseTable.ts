import { type CheckId, CONTRACT } from '../src/checks/index.js';
import type { TestedAdapter } from './testedAdapter.js';
import { TESTED_ADAPTERS } from './testedAdapters.js';

const FOOTNOTES = { 'dynamodb-local': '¹', dynoxide: '²' } as const;

const cell = ({ knownFailures: { always, only = {} } }: TestedAdapter, id: CheckId): string => {
  if (always.includes(id)) return '✗';
  const engines = (['dynamodb-local', 'dynoxide'] as const).filter(engine => only[engine]?.includes(id));
  return engines.length === 0 ? '✓' : `✗${engines.map(engine => FOOTNOTES[engine]).join('')}`;
};

const row = (cells: readonly (string | number)[]): string => `| ${cells.join(' | ')} |`;

const table = (head: readonly string[], rows: readonly (readonly (string | number)[])[]): string =>
  [row(head), row(head.map((_, index) => (index === 0 ? '---' : ':-:'))), ...rows.map(row)].join('\n');

const ids = CONTRACT.flatMap(({ checks }) => checks.map(({ id }) => id));

const summary = table(
  ['adapter', 'column below', 'promises kept', 'broken'],
  TESTED_ADAPTERS.map(adapter => {
    const broken = ids.filter(id => cell(adapter, id) !== '✓').length;
    return [`\`${adapter.name}\` of \`${adapter.package}\``, adapter.column, ids.length - broken, broken];
  }),
);

const areas = CONTRACT.map(({ area, checks }) => {
  const rows = checks.map(({ id, promise }) => [
    `\`${id}\`<br>${promise}`,
    ...TESTED_ADAPTERS.map(adapter => cell(adapter, id)),
  ]);
  return `### ${area}\n\n${table(['promise', ...TESTED_ADAPTERS.map(({ column }) => column)], rows)}`;
});

/** Every promise of the contract, and which adapter keeps it, in Markdown. */
export const PROMISE_TABLE = [
  summary,
  `${FOOTNOTES['dynamodb-local']} on DynamoDB Local only, ${FOOTNOTES.dynoxide} on Dynoxide only: there the adapter leaves it to the engine.`,
  ...areas,
].join('\n\n');
