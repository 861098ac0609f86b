import type { CastoreDynamoDbConfig } from '../../src/config/defineConfig.js';
import { ReadBudget } from '../../src/connection/readBudget.js';
import { type ConnectionOptions, Session } from '../../src/connection/session.js';
import type { Answer } from '../../src/explorer/api.js';
import { Explorer, type ExplorerOptions } from '../../src/explorer/explorer.js';
import { type RunningServer, startServer } from '../../src/explorer/http/server.js';

export interface RunningExplorer extends RunningServer {
  /** What the page would get. */
  view<DATA>(path: string, query?: Record<string, string>): Promise<Answer<DATA>>;
  /** The same, if nothing goes wrong. */
  data<DATA>(path: string, query?: Record<string, string>): Promise<DATA>;
  /** A request with the cookie. */
  get(path: string, init?: RequestInit): Promise<Response>;
}

/** Also those of tests that fail: nothing would end while they listen. */
const open = new Set<RunningExplorer>();
afterAll(() => Promise.all([...open].map(each => each.close())));

/** The explorer's server in this process, as the command starts it. */
export const startExplorer = async (
  connection: ConnectionOptions,
  { config, ...options }: Partial<ExplorerOptions> & { config?: CastoreDynamoDbConfig } = {},
): Promise<RunningExplorer> => {
  const session = new Session(connection, {}, __dirname, new ReadBudget(Number.POSITIVE_INFINITY));
  if (config !== undefined) session.config = async () => config;
  const explorer = new Explorer({
    session,
    table: connection.table,
    isRedacted: false,
    maxReadUnits: 1000,
    metadataKeys: { correlationId: ['correlationId'], causationId: ['causationId'], eventId: ['eventId'] },
    ...options,
  });
  const server = await startServer(explorer, 0);
  const entered = await fetch(server.url, { redirect: 'manual' });
  const cookie = entered.headers.get('set-cookie')?.split(';')[0] ?? '';
  const get = (path: string, init: RequestInit = {}): Promise<Response> =>
    fetch(new URL(path, server.url), { ...init, headers: { cookie, ...init.headers } });
  const view = async <DATA>(path: string, query: Record<string, string> = {}): Promise<Answer<DATA>> =>
    (await (await get(`/api/${path}?${new URLSearchParams(query).toString()}`)).json()) as Answer<DATA>;
  const running: RunningExplorer = {
    ...server,
    get,
    view,
    data: async <DATA>(path: string, query?: Record<string, string>) => {
      const answer = await view<DATA>(path, query);
      if ('problem' in answer) throw new Error(`${answer.problem.code}: ${answer.problem.message}`);
      return answer.data;
    },
    close: async () => {
      if (!open.delete(running)) return;
      await server.close();
      session.close();
    },
  };
  open.add(running);
  return running;
};
