import { useState } from 'preact/hooks';

import type { Change, StateAtVersion } from '../../src/explorer/api.js';
import { plainText } from '../../src/output/plainText.js';
import { Json, jsonLine } from '../parts/text.js';
import { View } from '../parts/View.js';
import { useView } from '../useView.js';

/** Without snapshots, a state takes all events up to its version: from so many on, somebody has to ask for it. */
const FREELY = 1000;

interface StatePanelProps {
  readonly store: string;
  readonly aggregate: string;
  readonly version: number;
}

export const StatePanel = ({ store, aggregate, version }: StatePanelProps) => {
  const [isAskedFor, setIsAskedFor] = useState(false);
  const isWanted = version <= FREELY || isAskedFor;
  const view = useView<StateAtVersion>(isWanted ? 'state' : undefined, { store, aggregate, version });
  return (
    <section aria-labelledby="state">
      <h2 id="state">State at version {version}</h2>
      {isWanted ? (
        <View view={view}>{state => <State state={state} />}</View>
      ) : (
        <p>
          It may take {version} events to build it.{' '}
          <button type="button" onClick={() => setIsAskedFor(true)}>
            Build it
          </button>
        </p>
      )}
    </section>
  );
};

const State = ({ state: { version, hasEvent, by, state, difference, snapshotVersion } }: { state: StateAtVersion }) => (
  <>
    {!hasEvent && (
      <p class="mark" role="status">
        There is no event with version {version}. This is the state that the events before it make.
      </p>
    )}
    <p class="quiet">
      {by === 'reducer'
        ? `By the configuration's reducer${snapshotVersion === undefined ? '' : `, from the snapshot at version ${snapshotVersion}`}.`
        : 'The members of all payloads, later ones over earlier ones: there is no reducer. Start the explorer with a configuration to see your own states.'}
    </p>
    <Json value={state} label="State" />
    {hasEvent && (
      <>
        <h3>{version === 1 ? 'What it begins with' : `What version ${version} changed`}</h3>
        {difference.length === 0 ? <p>Nothing.</p> : <Difference changes={difference} />}
      </>
    )}
  </>
);

const Difference = ({ changes }: { changes: readonly Change[] }) => (
  <div class="scroll" role="region" aria-label="Changes" tabIndex={0}>
    <table class="difference">
      <thead>
        <tr>
          <th scope="col">Member</th>
          <th scope="col">Before</th>
          <th scope="col">After</th>
        </tr>
      </thead>
      <tbody>
        {changes.map(({ path, kind, before, after }) => (
          <tr key={path.join('.')} class={kind}>
            <th scope="row">{path.length === 0 ? 'all' : plainText(path.join('.'))}</th>
            <td>{kind === 'added' ? <i>none</i> : <del>{jsonLine(before, 300)}</del>}</td>
            <td>{kind === 'removed' ? <i>none</i> : <ins>{jsonLine(after, 300)}</ins>}</td>
          </tr>
        ))}
      </tbody>
    </table>
  </div>
);
