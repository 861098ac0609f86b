import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { runCommand } from './runCommand.js';

const scratch = mkdtempSync(join(tmpdir(), 'castore-dynamodb-cli-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const has = (shell: string): boolean => spawnSync(shell, ['-c', 'true']).status === 0;

/** In each shell: prints what is offered for a line, a candidate a line. The script is `$1`; the words of the line follow. */
const OFFERS: Record<string, string> = {
  bash: `source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$((\${#COMP_WORDS[@]} - 1))
    _castore_dynamodb; printf '%s\\n' "\${COMPREPLY[@]}"`,
  // As bashcompinit calls the function.
  zsh: `compdef() { true; }; source "$1"; shift
    offer() { emulate -L ksh; local -a COMP_WORDS COMPREPLY; COMP_WORDS=("$@"); local COMP_CWORD=$(($# - 1))
      _castore_dynamodb; print -l -- "\${COMPREPLY[@]}"; }
    offer "$@"`,
  fish: `source $argv[1]; complete -C (string join ' ' -- $argv[2..-1]) | string split -f 1 \\t`,
};

describe.each(['bash', 'zsh', 'fish'])('completion in %s', shell => {
  const test = has(shell) ? it : it.skip;
  const script = join(scratch, shell);
  const offered = (...line: string[]): string[] => {
    const args =
      shell === 'fish'
        ? ['--no-config', '-c', OFFERS[shell] as string, script, 'castore-dynamodb', ...line]
        : ['-c', OFFERS[shell] as string, shell, script, 'castore-dynamodb', ...line];
    const { stdout, stderr } = spawnSync(shell, args, { cwd: scratch, encoding: 'utf8' });
    expect(stderr).toBe('');
    const candidates = stdout.split('\n').filter(Boolean).toSorted();
    // zsh takes out of all candidates what fits, once the function has ended.
    return shell === 'zsh' ? candidates.filter(each => each.startsWith(line.at(-1) ?? '')) : candidates;
  };

  beforeAll(async () => {
    const { exitCode, stdout } = await runCommand(['completion', shell]);
    expect(exitCode).toBe(0);
    writeFileSync(script, stdout);
    writeFileSync(join(scratch, 'payload.json'), '1');
  });

  test(`${has(shell) ? '' : `skipped: this machine has no ${shell}: `}offers commands, options and values`, () => {
    expect(offered('ev')).toEqual(['events']);
    expect(offered('')).toEqual(expect.arrayContaining(['aggregates', 'table', 'tail', 'completion']));
    expect(offered('table', '')).toEqual(['create', 'delete', 'describe', 'print']);
    expect(offered('table', 'print', '--f')).toEqual(['--format']);
    expect(offered('table', 'print', '--format', '')).toEqual(['cdk', 'cloudformation', 'terraform']);
    expect(offered('events', 'POKEMONS', 'table', '--rev')).toEqual(['--reverse']);
    expect(offered('--table', 'events', 'agg')).toEqual(['aggregates']);
    expect(offered('push', '--file', 'pay')).toEqual(['payload.json']);
    expect(offered('--redact', 'tail', '--js')).toEqual(['--json']);
  });

  test('evaluates nothing that stands in the line', () => {
    expect(offered('$(touch hacked)', '`touch hacked`', ';touch', 'hac')).not.toContain('hacked');
  });
});

it('refuses a shell that it does not know', async () => {
  const { exitCode, stderr } = await runCommand(['completion', 'tcsh']);
  expect({ exitCode, stderr }).toEqual({ exitCode: 2, stderr: expect.stringContaining('bash') });
});
