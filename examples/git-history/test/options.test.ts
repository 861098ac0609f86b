import { parseOptions } from '../src/options.js';

describe('the arguments of the demo', () => {
  afterEach(() => {
    delete process.env.DYNAMODB_ENDPOINT;
  });

  it('take the folder, the endpoint, the table, and whether to keep it', () => {
    expect(parseOptions([])).toEqual({
      repo: '.',
      keep: false,
      snapshots: false,
      views: false,
      live: false,
      explorer: false,
      transformations: false,
    });
    expect(
      parseOptions(['--repo', '../other', '--endpoint', 'http://localhost:8000', '--table=events', '--keep']),
    ).toEqual({
      repo: '../other',
      endpoint: 'http://localhost:8000',
      table: 'events',
      keep: true,
      snapshots: false,
      views: false,
      live: false,
      explorer: false,
      transformations: false,
    });
  });

  it('take a file and a time, which is now if it is not given', () => {
    const timeTravel = { file: 'docs/a b.md', at: '2026-01-31T00:00:00.000Z' };
    const args = ['--snapshots', '--file', './docs/a b.md', '--at', '2026-01-31'];
    expect(parseOptions(args)).toEqual({
      repo: '.',
      keep: false,
      snapshots: true,
      views: false,
      live: false,
      explorer: false,
      transformations: false,
      timeTravel,
    });
    for (const at of ['2026-01-31T00:00', '2026-01-31T01:00+01:00', '2026-01-31T00:00:00.000Z']) {
      expect(parseOptions(['--file', 'a', '--at', at])?.timeTravel?.at).toBe('2026-01-31T00:00:00.000Z');
    }
    const before = new Date().toISOString();
    const now = parseOptions(['--file', 'a'])?.timeTravel;
    expect(now?.file).toBe('a');
    expect(now !== undefined && now.at >= before && now.at <= new Date().toISOString()).toBe(true);
  });

  it('take views', () => {
    expect(parseOptions(['--views'])).toEqual({
      repo: '.',
      keep: false,
      snapshots: false,
      views: true,
      live: false,
      explorer: false,
      transformations: false,
    });
  });

  it('take a live page', () => {
    expect(parseOptions(['--live'])).toEqual({
      repo: '.',
      keep: false,
      snapshots: false,
      views: false,
      live: true,
      explorer: false,
      transformations: false,
    });
  });

  it('take transformations, whose keys and objects end with the demo', () => {
    expect(parseOptions(['--transformations'])?.transformations).toBe(true);
    expect(() => parseOptions(['--transformations', '--keep', '--endpoint', 'http://localhost:8000'])).toThrow(
      expect.objectContaining({ exitCode: 2, message: expect.stringContaining('--keep and --transformations') }),
    );
  });

  it('ask for help', () => {
    expect(parseOptions(['--help'])).toBeUndefined();
  });

  it('keep a table of an endpoint that the environment names', () => {
    process.env.DYNAMODB_ENDPOINT = 'http://localhost:8000';
    expect(parseOptions(['--keep'])).toEqual({
      repo: '.',
      keep: true,
      snapshots: false,
      views: false,
      live: false,
      explorer: false,
      transformations: false,
    });
  });

  it.each([
    [['--reop', '.'], "Unknown option '--reop'. See --help."],
    [['folder'], "Unexpected argument 'folder'. See --help."],
    [['--repo'], "Option '--repo <value>' argument missing. See --help."],
    [['--repo', '--keep'], "Option '--repo' argument is ambiguous. See --help."],
    [['--at', '2026'], '--at needs --file: the file to look at. See --help.'],
    ...['yesterday', '7', '2026-02-30', '2026-02-30T10:00Z', ''].map((at): [string[], string] => [
      ['--file', 'a', '--at', at],
      `--at takes a date such as 2026-01-31 or 2026-01-31T12:00Z, not "${at}". See --help.`,
    ]),
    [['--endpoint', 'localhost:8000'], '--endpoint takes an http or https URL, not "localhost:8000". See --help.'],
  ])('refuse %j in a sentence, with exit code 2', (args, message) => {
    expect(() => parseOptions(args)).toThrow(expect.objectContaining({ message, exitCode: 2 }));
  });
});
