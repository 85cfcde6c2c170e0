import { describe, expect, test } from '@jest/globals';
import { SECRET_SYNC_REQUEST } from '../../lambda/contract/api-requests.ts';
import { flag, listOf, object, oneOf, type Schema, text } from '../../lambda/contract/api-schema.ts';
import { checkOf, placeOf } from '../../lambda/runtime/request-errors.ts';

const SHORT: Schema = { type: 'string', pattern: '^[a-z]{1,5}$', description: 'A short word' };
const EXAMPLE = object(
  {
    word: SHORT,
    size: oneOf(['big', 'small'], 'How big'),
    count: { type: 'integer', minimum: 1, maximum: 10, description: 'How many' },
    least: { type: 'number', minimum: 3 },
    on: flag('Whether'),
    some: { type: 'array', items: SHORT, minItems: 1, maxItems: 3, uniqueItems: true },
    any: listOf(object({ name: text('Its name') })),
    inner: object({ deep: object({ word: SHORT }) }),
    maybe: { type: ['string', 'null'], description: 'Or nothing' },
  },
  { optional: ['size', 'count', 'least', 'on', 'some', 'any', 'inner', 'maybe'] },
);
const check = checkOf(EXAMPLE);
const errorsIn = (value: object) => check({ word: 'good', ...value }, 'body');

describe('the mistake in a field', () => {
  test.each<[object, string, string, string]>([
    [{ word: 7 }, 'body.word', '7', 'string like ^[a-z]{1,5}$ (A short word)'],
    [{ word: 'WORD' }, 'body.word', '"WORD"', 'string like ^[a-z]{1,5}$ (A short word)'],
    [{ word: undefined }, 'body.word', 'nothing', 'string like ^[a-z]{1,5}$ (A short word)'],
    [{ word: null }, 'body.word', 'null', 'string like ^[a-z]{1,5}$ (A short word)'],
    [{ size: 'huge' }, 'body.size', '"huge"', 'one of big, small'],
    [{ size: 7 }, 'body.size', '7', 'one of big, small'],
    [{ count: 0 }, 'body.count', '0', 'integer from 1 to 10 (How many)'],
    [{ count: 11 }, 'body.count', '11', 'integer from 1 to 10 (How many)'],
    [{ count: 1.5 }, 'body.count', '1.5', 'integer from 1 to 10 (How many)'],
    [{ least: 2 }, 'body.least', '2', 'number from 3'],
    [{ on: 'true' }, 'body.on', '"true"', 'boolean (Whether)'],
    [{ some: [] }, 'body.some', 'a list of 0', 'a list of 1 to 3'],
    [{ some: ['a', 'b', 'c', 'd'] }, 'body.some', 'a list of 4', 'a list of 1 to 3'],
    [{ some: ['a', 'a'] }, 'body.some', 'the same item twice', 'each item once'],
    [{ some: ['a', 7] }, 'body.some[1]', '7', 'string like ^[a-z]{1,5}$ (A short word)'],
    [{ some: { a: 1 } }, 'body.some', 'an object', 'a list of 1 to 3'],
    [{ any: 'x' }, 'body.any', '"x"', 'a list of 0 to many'],
    [{ any: [{ name: 'x' }, {}] }, 'body.any[1].name', 'nothing', 'string (Its name)'],
    [{ any: [{ name: 'x', other: 1 }] }, 'body.any[0].other', 'an unknown field', 'one of name'],
    [
      { inner: { deep: { word: [] } } },
      'body.inner.deep.word',
      'a list of 0',
      'string like ^[a-z]{1,5}$ (A short word)',
    ],
    [{ maybe: 7 }, 'body.maybe', '7', 'string,null (Or nothing)'],
    [
      { surprise: 1 },
      ...([
        'body.surprise',
        'an unknown field',
        'one of word, size, count, least, on, some, any, inner, maybe',
      ] as const),
    ],
  ])('%j is named with its path, what was found and what was wanted', (value, path, found, wanted) => {
    expect(errorsIn(value)).toEqual([{ path, found, wanted }]);
  });

  test.each([
    [[], 'a list of 0'],
    ['text', '"text"'],
    [null, 'null'],
    [7, '7'],
  ])('of a body that is %j is its own', (value, found) => {
    expect(check(value, 'body')).toEqual([{ path: 'body', found, wanted: 'object' }]);
  });

  test('is not there in a right value', () => {
    expect(errorsIn({ size: 'big', count: 10, on: false, some: ['a'], any: [], maybe: null })).toEqual([]);
  });

  test('is told together with all others, up to twenty', () => {
    expect(
      errorsIn({ count: 0, size: 'x', surprise: 1 })
        .map(({ path }) => path)
        .toSorted(),
    ).toEqual([...['body.count', 'body.size', 'body.surprise']]);
    const many = Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`x${index}`, 1]));
    expect(errorsIn(many)).toHaveLength(20);
  });

  test('says that nothing is wanted where nothing is known', () => {
    expect(checkOf(object({}))({ x: 1 }, 'query')).toEqual([
      { path: 'query.x', found: 'an unknown field', wanted: 'nothing here' },
    ]);
  });
});

describe('what is shown of a wrong value', () => {
  test('is at most 80 characters of it', () => {
    const [error] = errorsIn({ word: `start-${'x'.repeat(500)}-end` });
    expect(error?.found).toHaveLength(80);
    expect(error?.found).toMatch(/^"start-x+\.\.\.$/);
  });

  test('is at most 80 characters of an unknown name', () => {
    const [error] = errorsIn({ ['n'.repeat(500)]: 1 });
    expect(error?.path).toBe(`body.${'n'.repeat(77)}...`);
  });

  test('is never what stands inside of a list or an object, nor behind an unknown name', () => {
    const secret = 'canary-5b1d';
    for (const value of [{ word: [secret] }, { word: { secret } }, { surprise: secret }, { inner: [[secret]] }]) {
      expect(JSON.stringify(errorsIn(value))).not.toContain(secret);
    }
  });

  test('breaks no line of a log', () => {
    expect(errorsIn({ word: 'a\nb\u0000c\r' })[0]?.found).toBe('"a\\nb\\u0000c\\r"');
  });

  test('is the words of the product also in a text that looks like them', () => {
    expect(errorsIn({ word: 'x, wanted y' })[0]).toMatchObject({ found: '"x, wanted y"' });
    expect(errorsIn({ word: ': found 1, wanted ' })[0]).toMatchObject({ found: '": found 1, wanted "' });
  });
});

describe('the place of a mistake, for the log', () => {
  test('holds no name that the caller made up', () => {
    const places = errorsIn({ 'canary.5b1d': 1, count: 0, any: [{ name: 'x', canary: 1 }] }).map(placeOf);
    expect(places.toSorted()).toEqual(['body.count', 'body: an unknown field', 'body: an unknown field']);
  });
});

describe('a strange value', () => {
  const syncs = checkOf(SECRET_SYNC_REQUEST);

  test.each([
    ['a prototype', '{"__proto__":{"dryRun":true}}', ['body.__proto__']],
    ['a constructor', '{"constructor":{}}', ['body.constructor']],
    ['a method of objects', '{"hasOwnProperty":1,"toString":2}', ['body.hasOwnProperty', 'body.toString']],
    ['a number beyond all numbers', '{"confirmDeletes":1e999}', ['body.confirmDeletes']],
    ['half of a character', '{"secret":"\\ud800"}', ['body.secret']],
  ])('with %s is refused like any other', (_what, json, paths) => {
    const errors = syncs(JSON.parse(json), 'body');
    expect([...new Set(errors.map(({ path }) => path))]).toEqual(paths);
  });

  test('nested ten thousand times is refused where it begins', () => {
    const nested = JSON.parse(`{"bindings":${'['.repeat(10_000)}${']'.repeat(10_000)}}`) as unknown;
    expect(syncs(nested, 'body').map(({ path, found }) => [path, found])).toEqual([
      ['body.bindings[0]', 'a list of 1'],
    ]);
  });
});
