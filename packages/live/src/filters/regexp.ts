import { describeErrorInWords, InvalidArgumentError } from '@castore-dynamodb/commons';
import { RE2JS } from 're2js';

const MAX_LENGTH = 256;
/** Repetitions are written out when a pattern is compiled: `x{1000}` is a thousand instructions. */
const LONG_REPETITION = /\{\d*,?\d{3,}/;
const MAX_INSTRUCTIONS = 2_000;

/**
 * A regular expression of a client's, in RE2's syntax, which has no back references and no look-around. It takes time in
 * proportion to the text, whatever it is: https://github.com/google/re2/wiki/WhyRE2. It fits if it is found anywhere in the
 * text; `^…$` asks for all of it.
 *
 * @throws InvalidArgumentError
 */
export const compileRegexp = (pattern: string, path: string): ((text: string) => boolean) => {
  const refusal = `${path}.regexp`;
  if (pattern.length > MAX_LENGTH)
    throw new InvalidArgumentError(refusal, `it has more than ${MAX_LENGTH} characters.`);
  if (LONG_REPETITION.test(pattern))
    throw new InvalidArgumentError(refusal, 'it repeats something a hundred times or more.');
  const regexp = compile(pattern, refusal);
  if (regexp.programSize() > MAX_INSTRUCTIONS) throw new InvalidArgumentError(refusal, 'it is too large.');
  return text => regexp.test(text);
};

const compile = (pattern: string, refusal: string): RE2JS => {
  try {
    return RE2JS.compile(pattern);
  } catch (error) {
    throw new InvalidArgumentError(refusal, describeErrorInWords(error));
  }
};
