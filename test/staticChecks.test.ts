import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

const ROOT = join(__dirname, '..');
const PATH = [join(ROOT, 'node_modules', '.bin'), process.env.PATH].join(delimiter);

const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { scripts: Record<string, string> };
const checks = Object.entries(scripts).filter(([name]) => name.startsWith('check:'));

// Other tests keep the processors busy. There, each further thread of the compiler and the linter only looks again at types
// that the first has seen, and collecting garbage early saves memory that is not scarce.
const env = { ...process.env, PATH, GOMAXPROCS: '1', GOGC: '400' };

const run = async (command: string): Promise<string> => {
  const options = { cwd: ROOT, shell: true, env, maxBuffer: 1e8 };
  try {
    await promisify(execFile)(command, [], options);
    return '';
  } catch (error) {
    const { stdout, stderr, message } = error as Error & { stdout?: string; stderr?: string };
    return `${stdout}${stderr}` || message;
  }
};

/** Every script of the root package.json whose name begins with `check:`; they need a build, and no network. */
describe('The repository passes', () => {
  it.concurrent.each(checks)(
    '%s',
    async (_, command) => {
      expect(await run(command)).toBe('');
    },
    300_000,
  );
});
