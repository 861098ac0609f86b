import { plainJson, plainText } from '../src/output/plainText.js';

it.each([
  ['\u001B[2J\u0007', '\\u001b[2J\\u0007'],
  ['a\nb\r\tc\\', 'a\\nb\\r\\tc\\\\'],
  ['\u202Eevil\u2066', '\\u202eevil\\u2066'],
  ['\u009B31m', '\\u009b31m'],
  ['\uD800', '\\ud800'],
  ['\u{E0041}', '\\udb40\\udc41'],
  ['\u2028\u2029\uFEFF', '\\u2028\\u2029\\ufeff'],
  ['é 漢 😀 #%', 'é 漢 😀 #%'],
])('%j shows as %s', (text, shown) => {
  expect(plainText(text)).toBe(shown);
});

it('JSON stays the JSON that it was', () => {
  const value = { '\u009B': '\u202E\u2028\u{E0041}\u0000\\"' };
  expect(JSON.parse(plainJson(JSON.stringify(value)))).toStrictEqual(value);
});
