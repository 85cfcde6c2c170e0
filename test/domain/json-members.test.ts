import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { jsonMembers } from '../../lambda/domain/json-members.ts';
import { oneLine } from '../../lambda/domain/one-line.ts';
import { isUsableMember } from '../../lambda/domain/secret-key.ts';
import { Sensitive } from '../../lambda/domain/sensitive.ts';

const members = (text: string) => jsonMembers({ kind: 'text', text: new Sensitive(text) });
/** The members as plain text; undefined where there are none. */
const plain = (text: string): readonly (readonly [string, string])[] | undefined => {
  const read = members(text);
  return read.kind === 'members' ? [...read.members].map(([name, value]) => [name, value.reveal()]) : undefined;
};

describe('the members of a secret', () => {
  test('are text as it is, everything else as JSON with every digit, and null not at all', () => {
    const text = '{"a":"b","n":9007199254740993,"f":1.10,"e":1e400,"z":-0,"t":true,"x":null,"l":[1,"2"],"o":{"p":1E2}}';
    expect(plain(text)).toEqual([
      ['a', 'b'],
      ['n', '9007199254740993'],
      ['f', '1.10'],
      ['e', '1e400'],
      ['z', '-0'],
      ['t', 'true'],
      ['l', '[1,"2"]'],
      ['o', '{"p":1E2}'],
    ]);
  });

  test('of the prototype are members like any other and change nothing', () => {
    const text = '{"__proto__":"p","constructor":"c","toString":"t","hasOwnProperty":{"__proto__":{"polluted":1}}}';
    expect(plain(text)).toEqual([
      ['__proto__', 'p'],
      ['constructor', 'c'],
      ['toString', 't'],
      ['hasOwnProperty', '{"__proto__":{"polluted":1}}'],
    ]);
    expect({}).not.toHaveProperty('polluted');
  });

  test('that come twice are the last one', () => {
    expect(plain('{"a":1,"a":{"b":2},"a":"3"}')).toEqual([['a', '3']]);
    expect(plain('{"a":"x","a":9007199254740993}')).toEqual([['a', '9007199254740993']]);
  });

  test('may look like what reads them', () => {
    expect(plain('{"rawJSON":"1","toJSON":"2","o":{"toJSON":"3","rawJSON":"4"}}')).toEqual([
      ['rawJSON', '1'],
      ['toJSON', '2'],
      ['o', '{"toJSON":"3","rawJSON":"4"}'],
    ]);
  });

  test.each([
    ['of lists that end', '['.repeat(32_768) + ']'.repeat(32_768)],
    ['of lists that do not', '['.repeat(65_536)],
    ['in a member', `{"a":${'['.repeat(32_000)}${']'.repeat(32_000)}}`],
    ['of objects', `${'{"a":'.repeat(10_900)}1${'}'.repeat(10_900)}`],
  ])('are not read from a secret that is a bomb %s, and nothing of it is told', (_what, text) => {
    const read = members(text);
    expect(read.kind).toBe('not-json');
    expect(JSON.stringify(read)).not.toMatch(/\[\[|\{"a"/);
  });

  test('are counted, however many fit into a secret', () => {
    const many = `{${Array.from({ length: 6_500 }, (_, index) => `"k${index}":1`).join(',')}}`;
    expect(many.length).toBeLessThanOrEqual(65_536);
    expect(plain(many)).toHaveLength(6_500);
  });

  test.each([
    'null',
    '[]',
    '"text"',
    '7',
    '9007199254740993',
    'true',
    '',
    '{',
    '{"a":}',
    '\ufeff{}',
    "{'a':1}",
    '{}{}',
  ])('are not read from %j', (text) => {
    expect(members(text).kind).toBe('not-json');
  });

  test('have no printable form, and no reason quotes them', () => {
    const canary = 'hunter2-canary';
    for (const text of [`{"a":"${canary}"}`, canary, `{"a":${canary}}`, `["${canary}"]`, `"${canary}"`]) {
      const read = members(text);
      const shown = read.kind === 'members' ? JSON.stringify([...read.members]) : read.reason;
      expect(shown).not.toContain(canary);
    }
  });

  test('come back as they were written, whatever they are', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.jsonValue())), (secret) => {
        const expected = Object.entries(JSON.parse(JSON.stringify(secret)) as Record<string, unknown>)
          .filter(([, value]) => value !== null)
          .map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)]);
        expect(plain(JSON.stringify(secret))).toEqual(expected);
      }),
    );
  });

  test.each(['', ' ', 'a b', 'a/b', '../a', 'a\n', 'а', 'Ａ', 'a\u200b', '*', 'x'.repeat(129)])(
    'called %j are part of no key',
    (member) => {
      expect(isUsableMember(member)).toBe(false);
    },
  );
});

describe('one line', () => {
  test('has no control characters, no other lines and no other direction', () => {
    expect(oneLine('a\r\nb\u001b[2Jc\u0085d\u2028e\u202egnp\u0000')).toBe('a b [2Jc d e gnp ');
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(oneLine(text)).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/u);
      }),
    );
  });

  test('leaves other text alone', () => {
    expect(oneLine('Überprüfung – 日本 🙂 (a/b)')).toBe('Überprüfung – 日本 🙂 (a/b)');
  });
});
