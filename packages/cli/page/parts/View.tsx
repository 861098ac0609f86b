import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';

import type { Cost, Problem } from '../../src/explorer/api.js';
import { plainText } from '../../src/output/plainText.js';
import type { ViewState } from '../useView.js';

const CostLine = ({ cost: { requests, readUnits } }: { cost: Cost }) =>
  requests === 0 ? null : (
    <p class="cost">
      {requests} {requests === 1 ? 'request' : 'requests'}, {readUnits} read {readUnits === 1 ? 'unit' : 'units'}
    </p>
  );

export const ProblemBox = ({ problem, onRetry }: { problem: Problem; onRetry?: () => void }) => (
  <div class="problem" role="alert">
    <p>
      <strong>{plainText(problem.code)}</strong> {plainText(problem.message)}
    </p>
    {problem.advice !== undefined && <p>{plainText(problem.advice)}</p>}
    {onRetry && (
      <button type="button" onClick={onRetry}>
        Try again
      </button>
    )}
  </div>
);

const SLOW_MS = 4000;

const SlowHint = () => {
  const [isSlow, setIsSlow] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setIsSlow(true), SLOW_MS);
    return () => clearTimeout(timer);
  }, []);
  return isSlow ? (
    <p role="status">
      No answer yet: DynamoDB is slow or cannot be reached, or code of the configuration takes its time. After two
      minutes it is given up.
    </p>
  ) : null;
};

interface ViewProps<DATA> {
  readonly view: ViewState<DATA>;
  readonly children: (data: DATA) => ComponentChildren;
}

/** What was asked for, or why it is not there; and what that has cost. */
export const View = <DATA,>({ view: { answer, isLoading, reload }, children }: ViewProps<DATA>) => (
  <div aria-busy={isLoading}>
    {answer === undefined && <p class="quiet">Loading…</p>}
    {isLoading && <SlowHint />}
    {answer && ('problem' in answer ? <ProblemBox problem={answer.problem} onRetry={reload} /> : children(answer.data))}
    {answer && <CostLine cost={answer.cost} />}
  </div>
);
