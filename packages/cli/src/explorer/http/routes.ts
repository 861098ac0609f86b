import { checkInteger } from '@castore-dynamodb/commons';

import { UsageError } from '../../errors.js';
import type { Explorer } from '../explorer.js';
import { aggregatesPage } from '../views/aggregates.js';
import { eventsPage, rawItem } from '../views/events.js';
import { healthOf } from '../views/health.js';
import type { LiveFilter } from '../views/live.js';
import { overview } from '../views/overview.js';
import { projectionsView } from '../views/projections.js';
import { stateAt } from '../views/state.js';

/** The views of the page, each with what it needs of the query. */
type Route = (explorer: Explorer, query: URLSearchParams) => Promise<unknown>;

const text = (query: URLSearchParams, name: string): string => {
  const value = query.get(name);
  if (value === null) throw new UsageError(`The query needs ${name}.`);
  return value;
};

const versionIn = (query: URLSearchParams, name: string): number => {
  const version = Number(text(query, name));
  checkInteger(version, name);
  return version;
};

const given = (query: URLSearchParams, name: string): string | undefined => query.get(name) || undefined;

export const ROUTES: Readonly<Record<string, Route>> = {
  '/api/overview': explorer => overview(explorer),
  '/api/metadata-keys': async explorer => explorer.options.metadataKeys,
  '/api/aggregates': (explorer, query) =>
    aggregatesPage(explorer, {
      eventStoreId: text(query, 'store'),
      after: given(query, 'after'),
      before: given(query, 'before'),
      isReverse: query.get('order') !== 'oldest',
      pageToken: given(query, 'page'),
    }),
  '/api/events': (explorer, query) =>
    eventsPage(explorer, text(query, 'store'), text(query, 'aggregate'), {
      from: query.has('from') ? versionIn(query, 'from') : undefined,
      at: given(query, 'at'),
    }),
  '/api/item': async (explorer, query) =>
    (await rawItem(explorer, text(query, 'store'), text(query, 'aggregate'), versionIn(query, 'version'))) ?? null,
  '/api/state': (explorer, query) =>
    stateAt(explorer, text(query, 'store'), text(query, 'aggregate'), versionIn(query, 'version')),
  '/api/projections': explorer => projectionsView(explorer),
  '/api/health': explorer => healthOf(explorer),
  '/api/correlation': async (explorer, query) => explorer.seen.correlationOf(text(query, 'id')),
};

export const liveFilterIn = (query: URLSearchParams): LiveFilter => ({
  eventStoreId: given(query, 'store'),
  aggregateId: given(query, 'aggregate'),
  types: given(query, 'types')
    ?.split(',')
    .map(type => type.trim()),
});
