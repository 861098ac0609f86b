import { once } from 'node:events';

import { UsageError } from '../errors.js';
import type { CommandContext, RegisterCommand } from './command.js';
import { list, positiveInteger } from './options.js';

export interface ExplorerCommandOptions {
  readonly port?: number | undefined;
  readonly correlationKey: readonly string[];
  readonly causationKey: readonly string[];
  readonly eventIdKey: readonly string[];
}

export const explorerCommand: RegisterCommand = add =>
  add({
    usage: 'explorer',
    description: 'show event stores, aggregates and their history in a browser, on this machine only',
    example: 'explorer --table events',
    work: explorer,
  })
    .option(
      '-p, --port <port>',
      'the port on 127.0.0.1, so that links stay valid (default: a free one)',
      positiveInteger,
    )
    .option('--correlation-key <names>', "of events' metadata", list, ['correlationId'])
    .option('--causation-key <names>', "of events' metadata", list, ['causationId'])
    .option('--event-id-key <names>', "of events' metadata", list, ['eventId']);

const MAX_PORT = 65_535;

/** Serves the page until Ctrl-C. */
const explorer = async (
  { session, printer, options, signal }: CommandContext,
  { port = 0, correlationKey, causationKey, eventIdKey }: ExplorerCommandOptions,
): Promise<void> => {
  if (port > MAX_PORT) throw new UsageError(`Invalid --port ${port}: the highest is ${MAX_PORT}.`);
  const { eventStores = [] } = await session.config();
  // Refused now, and not in the page.
  if (eventStores.length === 0) await session.tableName();
  const [{ Explorer }, { startServer }] = await Promise.all([
    import('../explorer/explorer.js'),
    import('../explorer/http/server.js'),
  ]);
  const server = await startServer(
    new Explorer({
      session,
      table: options.table,
      isRedacted: options.redact,
      maxReadUnits: options.maxReadUnits,
      metadataKeys: { correlationId: correlationKey, causationId: causationKey, eventId: eventIdKey },
    }),
    port,
  );
  try {
    if (printer.isJson) await printer.json({ url: server.url });
    else await printer.text(server.url);
    printer.note('Open this URL. Whoever has it may read the events, until Ctrl-C.');
    if (!signal.aborted) await once(signal, 'abort');
  } finally {
    await server.close();
  }
};
