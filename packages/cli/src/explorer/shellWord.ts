import { plainText } from '../output/plainText.js';

/** A text as one word of a command line that somebody copies: whatever is in it, no shell takes it for anything else. */
export const shellWord = (text: string): string => {
  if (/^[\w@%+=:,./-]+$/.test(text)) return text;
  const escaped = plainText(text);
  // Without characters that a terminal acts upon, quotes are enough. Else Bash and zsh read the escapes in `$'…'`.
  if (escaped === text.replaceAll('\\', '\\\\')) return `'${text.replaceAll("'", "'\\''")}'`;
  const pairs = /\\u(d[89ab]..)\\u(d[c-f]..)/g;
  const whole = escaped.replace(pairs, (_, high: string, low: string) => {
    const point = (Number.parseInt(high, 16) - 0xd8_00) * 0x4_00 + Number.parseInt(low, 16) - 0xdc_00 + 0x1_00_00;
    return `\\U${point.toString(16).padStart(8, '0')}`;
  });
  return `$'${whole.replaceAll("'", "\\'")}'`;
};
