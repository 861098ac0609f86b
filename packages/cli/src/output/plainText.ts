/**
 * Control characters, and those that are invisible or turn the direction of a line: in an id or a payload they could
 * move a terminal's cursor, paint over what stands there, or make one text look like another.
 */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}\p{Cn}]/gu;

const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '\\': '\\\\' };

const hex = (codeUnit: number): string => `\\u${codeUnit.toString(16).padStart(4, '0')}`;

/** Each UTF-16 unit by its number, as JSON writes it. */
const escapeCharacter = (character: string): string =>
  SHORT[character] ?? Array.from({ length: character.length }, (_, at) => hex(character.charCodeAt(at))).join('');

/** Text that somebody else wrote, for a terminal: what is unsafe in it shows as an escape, in one line. */
export const plainText = (text: string): string =>
  text.replaceAll('\\', escapeCharacter).replace(UNSAFE, escapeCharacter);

/** The same for a line of JSON, which stays the JSON that it was: unsafe characters occur within its strings only. */
export const plainJson = (json: string): string => json.replace(UNSAFE, escapeCharacter);
