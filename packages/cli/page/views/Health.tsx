import { useState } from 'preact/hooks';

import type { FindingShown, Health as HealthData } from '../../src/explorer/api.js';
import { plainText } from '../../src/output/plainText.js';
import { View } from '../parts/View.js';
import { toQuery, useView } from '../useView.js';

export const Health = () => {
  const [isAskedFor, setIsAskedFor] = useState(false);
  const view = useView<HealthData>(isAskedFor ? 'health' : undefined);
  return (
    <>
      <h1 tabIndex={-1}>Health</h1>
      <p class="quiet">
        What castore-dynamodb doctor finds: in the table, its stream, the projections, and in a page of about 1 MB from
        somewhere in the table, up to 128 read units. To look at the whole content, type castore-dynamodb doctor --scan.
      </p>
      {isAskedFor ? (
        <View view={view}>{health => <Findings health={health} />}</View>
      ) : (
        <button type="button" onClick={() => setIsAskedFor(true)}>
          Examine
        </button>
      )}
    </>
  );
};

const Findings = ({ health: { findings, isComplete, aggregates } }: { health: HealthData }) => {
  const problems = findings.filter(({ severity }) => severity === 'problem').length;
  return (
    <>
      <p role="status">
        {problems === 0 ? 'Nothing is wrong' : `${problems} ${problems === 1 ? 'problem' : 'problems'}`},{' '}
        {findings.length - problems} remarks, in {aggregates} aggregates. {!isComplete && 'There are more.'}
      </p>
      {findings.map((finding, at) => (
        <Finding key={at} finding={finding} />
      ))}
    </>
  );
};

const Finding = ({ finding: { check, severity, message, remedy, place } }: { finding: FindingShown }) => (
  <article class={severity === 'problem' ? 'problem' : 'remark'} aria-label={`${severity}: ${check}`}>
    <p>
      <strong>
        {severity}: {check}
      </strong>{' '}
      {plainText(message)}
    </p>
    <p>{plainText(remedy)}</p>
    {place && (
      <p>
        <a
          href={`/aggregate${toQuery({ store: place.eventStoreId, aggregate: place.aggregateId, version: place.version })}`}
        >
          Show the aggregate
        </a>
      </p>
    )}
  </article>
);
