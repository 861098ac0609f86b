import { compileFilters } from '../src/filters/filters.js';

const event = { eventStoreId: 'POKEMONS', aggregateId: 'pikachu-1', type: 'POKEMON_CAUGHT' };

describe('filters of a client', () => {
  it.each([
    ['no array', {}],
    ['no object', [null]],
    ['no object either', ['POKEMONS']],
    ['an unknown key', [{ eventStore: 'POKEMONS' }]],
    ['__proto__', [JSON.parse('{"__proto__":{"type":"x"}}')]],
    ['no value', [{ type: 5 }]],
    ['a list of others', [{ type: ['a', 5] }]],
    ['a regexp with flags', [{ type: { regexp: 'a', flags: 'i' } }]],
    ['a broken regexp', [{ type: { regexp: '(' } }]],
    ['a back reference', [{ type: { regexp: '(a)\\1' } }]],
    ['a look-ahead', [{ type: { regexp: '(?=a)' } }]],
    ['a long regexp', [{ type: { regexp: 'a'.repeat(257) } }]],
    ['a long repetition', [{ type: { regexp: 'a{1,1000}' } }]],
    ['nested repetitions', [{ type: { regexp: '((a{1,99}){1,9}){1,9}' } }]],
    ['too many filters', Array.from({ length: 21 }, () => ({}))],
    ['too many values', [{ type: Array.from({ length: 201 }, () => 'a') }]],
    ['too many regexps', Array.from({ length: 11 }, () => ({ type: { regexp: 'a' } }))],
  ])('are refused with %s', (_, filters) => {
    expect(() => compileFilters(filters)).toThrow(expect.objectContaining({ code: 'InvalidArgumentError' }) as Error);
  });

  it('match anywhere in the text, unless the regexp says otherwise', () => {
    const matches = (regexp: string): boolean => compileFilters([{ aggregateId: { regexp } }])(event);
    expect(matches('chu')).toBe(true);
    expect(matches('^chu')).toBe(false);
    expect(matches('^pikachu-\\d+$')).toBe(true);
    expect(matches('(?i)PIKA')).toBe(true);
  });

  it('take time in proportion to the text, however evil the regexp', () => {
    const evil = [
      '(a+)+$',
      '(a|aa)+$',
      '(a*)*b',
      '(.*)*x',
      '([a-z]+)*!',
      '(a?){20}a{20}$',
      '(\\w|a)+\\d$',
      '.*.*.*.*.*.*=.*',
    ];
    const long = { ...event, aggregateId: `${'a'.repeat(2_047)}!` };
    // With RegExp, this test would never end.
    for (const regexp of evil)
      for (let count = 0; count < 20; count++) compileFilters([{ aggregateId: { regexp } }])(long);
  });
});
