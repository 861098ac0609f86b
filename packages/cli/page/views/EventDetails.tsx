import { useState } from 'preact/hooks';

import type { RawItem, ShownEvent } from '../../src/explorer/api.js';
import { plainText } from '../../src/output/plainText.js';
import { bytes, EventTypeName, Id, Json, Time } from '../parts/text.js';
import { ProblemBox, View } from '../parts/View.js';
import { toQuery, useView } from '../useView.js';

interface EventDetailsProps {
  readonly store: string;
  readonly aggregate: string;
  readonly event: ShownEvent;
}

export const EventDetails = ({ store, aggregate, event }: EventDetailsProps) => {
  const { version, type, timestamp, payload, metadata, size, writeUnits, readUnits, encoding, redactions, problem } =
    event;
  return (
    <section aria-labelledby="event">
      <h2 id="event">
        Event {version} <EventTypeName type={type} />
      </h2>
      {problem && <ProblemBox problem={problem} />}
      <dl>
        <dt>Time</dt>
        <dd>
          <Time timestamp={timestamp} />
        </dd>
        <dt>Size</dt>
        <dd>
          {bytes(size)}: {writeUnits} write {writeUnits === 1 ? 'unit' : 'units'}, {readUnits} read{' '}
          {readUnits === 1 ? 'unit' : 'units'}
        </dd>
        {encoding.length > 0 && (
          <>
            <dt>Stored with</dt>
            <dd>{plainText(encoding.join(', '))}</dd>
          </>
        )}
        {redactions.map(({ kind, at, reason }) => (
          <>
            <dt>{plainText(kind)}</dt>
            <dd>
              <Time timestamp={at} />, {plainText(reason)}
            </dd>
          </>
        ))}
        <Links event={event} />
      </dl>
      <h3>{problem ? 'Payload, as it is stored' : 'Payload'}</h3>
      <Json value={payload} label="Payload" />
      {metadata !== undefined && (
        <>
          <h3>Metadata</h3>
          <Json value={metadata} label="Metadata" />
        </>
      )}
      <Raw store={store} aggregate={aggregate} version={version} />
    </section>
  );
};

const Links = ({ event: { links } }: { event: ShownEvent }) => {
  const rows = [
    ['Correlation', links.correlationId],
    ['Caused by', links.causationId],
    ['Event id', links.eventId],
  ] as const;
  return (
    <>
      {rows.map(
        ([name, id]) =>
          id !== undefined && (
            <>
              <dt>{name}</dt>
              <dd>
                <a href={`/correlation${toQuery({ id })}`}>
                  <Id>{id}</Id>
                </a>
              </dd>
            </>
          ),
      )}
    </>
  );
};

const Raw = ({ store, aggregate, version }: { store: string; aggregate: string; version: number }) => {
  const [isOpen, setIsOpen] = useState(false);
  const view = useView<RawItem | null>(isOpen ? 'item' : undefined, { store, aggregate, version });
  return (
    <details onToggle={event => setIsOpen(event.currentTarget.open)}>
      <summary>Item as DynamoDB has it</summary>
      {isOpen && (
        <View view={view}>{raw => (raw === null ? <p>It is gone.</p> : <Json value={raw.item} label="Item" />)}</View>
      )}
    </details>
  );
};
