import { once } from 'node:events';

import type { Database } from './database.js';
import type { FileEventStore } from './fileEventStore.js';

/** A word for a shell, whatever it holds. */
const quote = (text: string): string => (/^[\w./:-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`);

/** Says what to type to look at the events of a table that is kept. A DynamoDB of this program then waits for Ctrl-C. */
export const lookAround = async (
  fileEventStore: FileEventStore,
  tableName: string,
  { endpoint, isOurs, description }: Database,
  output: NodeJS.WritableStream,
  signal: AbortSignal,
): Promise<void> => {
  output.write(commandsFor(await someFile(fileEventStore), tableName, endpoint));
  if (!isOurs || signal.aborted) return;
  output.write(`${description} stays until Ctrl-C\n`);
  // Neither the DynamoDB nor a signal that may come keeps a process from ending.
  const staying = setInterval(() => {}, 60_000);
  await once(signal, 'abort');
  clearInterval(staying);
};

/** However the demo ended. */
export const whatIsLeft = (tableName: string, { isOurs }: Database): string =>
  isOurs ? '' : `the table ${tableName} is left\n`;

const someFile = async (fileEventStore: FileEventStore): Promise<string> => {
  const { events } = await fileEventStore.getEvents('README.md', { limit: 1 });
  const { aggregateIds } = await fileEventStore.listAggregateIds({ limit: 1 });
  return events[0]?.aggregateId ?? aggregateIds[0]?.aggregateId ?? 'README.md';
};

const commandsFor = (file: string, tableName: string, endpoint: string): string => {
  const table = `--table ${quote(tableName)} --endpoint-url ${quote(endpoint)}`;
  return `
look around, in another terminal:
  npm run -s cli -- aggregates FILES --reverse ${table}
  npm run -s cli -- events FILES ${quote(file)} ${table}
  npm run -s cli -- explorer ${table}
`;
};
