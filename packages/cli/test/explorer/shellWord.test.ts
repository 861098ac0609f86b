import { execFileSync } from 'node:child_process';

import { shellWord } from '../../src/explorer/shellWord.js';

it.each([
  'pikachu-1',
  '',
  'two words',
  'it\'s $(touch /tmp/x) `id` "$HOME" !! \\',
  "new\nline and \u001B[31m, it's \\u0041",
  'turned \u202E and \u{E0001} beyond',
  '--write',
  '*; # & | < > ~',
])('a shell reads the word for %j as one, as it is, and it has nothing that a terminal acts upon', text => {
  const word = shellWord(text);
  expect(word).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  const output = execFileSync('bash', ['--norc', '-c', `printf '%s.' -- ${word}`], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { LC_ALL: 'C.UTF-8' },
  });
  expect(output).toBe(`--.${text}.`);
});
