const CHARACTERS_TO_ALTER = 30;

export const truncate = (token: string): string[] => [
  token.slice(0, -1),
  token.slice(1),
  token.slice(0, token.length / 2),
  token.slice(token.length / 2),
];

/** The next digit for a digit, the next letter for a letter: a token stays well-formed in its encoding. */
const nextOfItsKind = (character: string): string =>
  /[0-8a-yA-Y]/.test(character) ? String.fromCharCode(character.charCodeAt(0) + 1) : character === 'a' ? 'b' : 'a';

/** Copies with one character changed each, all over the token but its end, where base64 has bits that mean nothing. */
export const alter = (token: string): string[] => {
  const step = Math.max(1, Math.floor((token.length - 2) / CHARACTERS_TO_ALTER));
  const copies: string[] = [];
  for (let index = 0; index < token.length - 2; index += step) {
    copies.push(token.slice(0, index) + nextOfItsKind(token.charAt(index)) + token.slice(index + 1));
  }
  return copies;
};

const ENCODINGS = ['utf8', 'base64', 'base64url', 'hex'] as const;

/** The token with one text in the place of another, in every encoding in which it holds that text; none if in none. */
export const forge = (token: string, from: string, to: string): string[] =>
  ENCODINGS.flatMap(encoding => {
    const content = Buffer.from(token, encoding).toString('latin1');
    return content.includes(from) ? [Buffer.from(content.replaceAll(from, to), 'latin1').toString(encoding)] : [];
  });
