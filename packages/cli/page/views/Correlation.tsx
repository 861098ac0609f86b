import { useLocation } from 'preact-iso';

import type { CorrelatedLine, Correlation as CorrelationData, MetadataKeys } from '../../src/explorer/api.js';
import { plainText } from '../../src/output/plainText.js';
import { EventTypeName, Id, Time } from '../parts/text.js';
import { View } from '../parts/View.js';
import { textIn, toQuery, useView } from '../useView.js';

export const Correlation = () => {
  const { query, route } = useLocation();
  const { id } = query;
  const view = useView<CorrelationData>(id ? 'correlation' : undefined, { id });
  const keys = useView<MetadataKeys>('metadata-keys');
  return (
    <>
      <h1 tabIndex={-1}>Correlation</h1>
      <form
        role="search"
        onSubmit={event => {
          event.preventDefault();
          route(`/correlation${toQuery({ id: textIn(event.currentTarget, 'id') })}`);
        }}
      >
        <label>
          Correlation, causation or event id <input name="id" required key={id} defaultValue={id ?? ''} />
        </label>
        <button type="submit">Show</button>
      </form>
      <View view={keys}>
        {({ correlationId, causationId, eventId }) => (
          <p class="quiet">
            No index has these ids: what is looked through is what you have opened since the explorer started. They are
            read from the members {plainText([...correlationId, ...causationId, ...eventId].join(', '))} of metadata.
          </p>
        )}
      </View>
      {id && (
        <View view={view}>
          {({ lines, matching, aggregatesRead, eventsRead, isPartial }) => (
            <>
              <p>
                {matching} of {eventsRead} events, of {aggregatesRead} aggregates that were read
                {lines.length < matching ? `; the first ${lines.length} are shown` : ''}
                {isPartial ? '; older ones were forgotten' : ''}.
              </p>
              <ol class="tree">
                {lines.map(line => (
                  <Line
                    key={JSON.stringify([line.event.eventStoreId, line.event.aggregateId, line.event.version])}
                    line={line}
                  />
                ))}
              </ol>
            </>
          )}
        </View>
      )}
    </>
  );
};

const DEEPEST = 12;

const Line = ({ line: { depth, event } }: { line: CorrelatedLine }) => {
  const { eventStoreId, aggregateId, version, type, timestamp } = event;
  return (
    <li class={`depth-${Math.min(depth, DEEPEST)}`}>
      <a href={`/aggregate${toQuery({ store: eventStoreId, aggregate: aggregateId, version })}`}>
        <EventTypeName type={type} /> <Id>{eventStoreId}</Id> <Id>{aggregateId}</Id> version {version}
      </a>{' '}
      <Time timestamp={timestamp} /> {depth > 0 && <span class="quiet">step {depth + 1}</span>}
    </li>
  );
};
