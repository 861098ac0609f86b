import { useState } from 'preact/hooks';

import type {
  ParkedShown,
  PositionShown,
  ProjectionShown,
  Projections as ProjectionsData,
} from '../../src/explorer/api.js';
import { plainText } from '../../src/output/plainText.js';
import { Id, Json, Time } from '../parts/text.js';
import { ProblemBox, View } from '../parts/View.js';
import { toQuery, useView } from '../useView.js';

export const Projections = () => {
  const view = useView<ProjectionsData>('projections');
  return (
    <>
      <h1 tabIndex={-1}>Projections</h1>
      <View view={view}>
        {({ projections }) =>
          projections.length === 0 ? (
            <p>
              The configuration names no projections. List them in it, as <code>projections</code>, to see here how far
              they have come and what is parked.
            </p>
          ) : (
            projections.map(projection => <Projection key={projection.name} projection={projection} />)
          )
        }
      </View>
    </>
  );
};

const Projection = ({ projection: { name, parked, positions, problem } }: { projection: ProjectionShown }) => (
  <section aria-label={`Projection ${name}`}>
    <h2>
      <Id>{name}</Id>
    </h2>
    {problem && <ProblemBox problem={problem} />}
    {!problem && (
      <>
        <h3>{parked.length === 0 ? 'Nothing is parked' : `${parked.length} parked`}</h3>
        {parked.map(each => (
          <Parked key={JSON.stringify([each.eventStoreId, each.aggregateId])} projection={name} parked={each} />
        ))}
        <Positions positions={positions} projection={name} />
      </>
    )}
  </section>
);

const Parked = ({ projection, parked }: { projection: string; parked: ParkedShown }) => {
  const { eventStoreId, aggregateId, version, parkedAt, error, type, payload, command } = parked;
  return (
    <article class="problem" aria-label={`${aggregateId}, parked by ${projection}`}>
      <p>
        <a href={`/aggregate${toQuery({ store: eventStoreId, aggregate: aggregateId, version })}`}>
          <Id>{eventStoreId}</Id> <Id>{aggregateId}</Id> version {version}
        </a>{' '}
        since <Time timestamp={parkedAt} />
      </p>
      <p>{plainText(error)}</p>
      {type !== undefined && (
        <details>
          <summary>
            The event: <Id>{type}</Id>
          </summary>
          <Json value={payload} label={`Payload of ${aggregateId}`} />
        </details>
      )}
      <p>To try it again, once its cause is mended:</p>
      <Command text={command} />
    </article>
  );
};

const Command = ({ text }: { text: string }) => {
  const [outcome, setOutcome] = useState('');
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text);
      setOutcome('Copied.');
    } catch {
      setOutcome('The browser does not let this page copy. Select the command instead.');
    }
  };
  return (
    <p class="command">
      <code>{text}</code>{' '}
      <button type="button" onClick={() => void copy()}>
        Copy
      </button>{' '}
      <span role="status">{outcome}</span>
    </p>
  );
};

const Positions = ({ positions, projection }: { positions: readonly PositionShown[]; projection: string }) => {
  const behind = positions.filter(({ lastVersion, position }) => position < lastVersion);
  return (
    <>
      <h3>
        {behind.length === 0
          ? `Has handled the ${positions.length} aggregates that began last`
          : `Behind with ${behind.length} of the ${positions.length} aggregates that began last`}
      </h3>
      {positions.length > 0 && (
        <div class="scroll" role="region" aria-label={`Positions of ${projection}`} tabIndex={0}>
          <table>
            <thead>
              <tr>
                <th scope="col">Aggregate</th>
                <th scope="col">Handled</th>
                <th scope="col">Last version</th>
                <th scope="col">Behind</th>
              </tr>
            </thead>
            <tbody>
              {positions.map(({ eventStoreId, aggregateId, lastVersion, position }) => (
                <tr key={JSON.stringify([eventStoreId, aggregateId])}>
                  <td>
                    <a href={`/aggregate${toQuery({ store: eventStoreId, aggregate: aggregateId })}`}>
                      <Id>{eventStoreId}</Id> <Id>{aggregateId}</Id>
                    </a>
                  </td>
                  <td>{position}</td>
                  <td>{lastVersion}</td>
                  <td>{position < lastVersion ? <span class="mark">{lastVersion - position}</span> : 'no'}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </>
  );
};
