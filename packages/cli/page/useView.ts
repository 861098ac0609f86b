import { useCallback, useEffect, useState } from 'preact/hooks';

import type { Answer, Problem } from '../src/explorer/api.js';

export interface ViewState<DATA> {
  /** What was asked for last, or before that while the new answer is under way. */
  readonly answer: Answer<DATA> | undefined;
  readonly isLoading: boolean;
  readonly reload: () => void;
}

export type Query = Readonly<Record<string, string | number | undefined>>;

/** `?store=A&aggregate=b`, without what is undefined. */
export const toQuery = (query: Query): string => {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== '');
  const text = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
  return text === '' ? '' : `?${text}`;
};

const NOTHING = { requests: 0, readUnits: 0 };

const failed = (problem: Problem): Answer<never> => ({ problem, cost: NOTHING });

/** The server has ended. */
export const DISCONNECTED: Problem = {
  code: 'Disconnected',
  message: 'The explorer does not answer.',
  advice: 'Is the command still running? Start it again and open the URL that it prints.',
};

const ask = async <DATA>(url: string, signal: AbortSignal): Promise<Answer<DATA>> => {
  try {
    const response = await fetch(url, { signal });
    if (response.ok) return (await response.json()) as Answer<DATA>;
    return failed({ code: `HTTP ${response.status}`, message: await response.text() });
  } catch (error) {
    if (signal.aborted) throw error;
    return failed(DISCONNECTED);
  }
};

/** Asks the server for a view; undefined asks for nothing. */
export const useView = <DATA>(view: string | undefined, query: Query = {}): ViewState<DATA> => {
  const url = view === undefined ? undefined : `/api/${view}${toQuery(query)}`;
  const [answered, setAnswered] = useState<{ url: string; answer: Answer<DATA> }>();
  const [round, setRound] = useState(0);
  useEffect(() => {
    if (url === undefined) return;
    const abort = new AbortController();
    ask<DATA>(url, abort.signal).then(
      answer => setAnswered({ url, answer }),
      () => {},
    );
    return () => abort.abort();
  }, [url, round]);
  const reload = useCallback(() => {
    setAnswered(undefined);
    setRound(before => before + 1);
  }, []);
  return {
    answer: url === undefined ? undefined : answered?.answer,
    isLoading: url !== undefined && answered?.url !== url,
    reload,
  };
};

/** What somebody typed into a field. */
export const textIn = (form: HTMLFormElement, name: string): string => {
  const value = new FormData(form).get(name);
  return typeof value === 'string' ? value.trim() : '';
};
