import { expect, test } from '@jest/globals';
import { redact } from '../../lambda/databricks/redact.ts';

test.each([
  ['a bearer token', 'sent Bearer abc.def-ghi here', 'sent [removed] here'],
  ['a JWT', 'token eyJraWQi.eyJzdWIi.c2ln is bad', 'token [removed] is bad'],
  ['a service principal secret', 'secret dose0123456789abcdef expired', 'secret [removed] expired'],
  ['a personal access token', 'dapi0123456789abcdef-2', '[removed]'],
  ['a named value', 'got client_secret=hunter2&x=1', 'got [removed]&x=1'],
  ['a named value in JSON', '{"string_value": "hunter2"}', '{"[removed]"}'],
  ['a long opaque word', `x ${'A1b2'.repeat(10)} y`, 'x [removed] y'],
])('takes out %s', (_what, text, expected) => {
  expect(redact(text)).toBe(expected);
});

test('takes out a value it is told of, whatever it looks like', () => {
  expect(redact('user said swordfish twice: swordfish', ['swordfish', ''])).toBe(
    'user said [removed] twice: [removed]',
  );
});

test('leaves ids, ARNs and plain words', () => {
  const text =
    'arn:aws:kms:us-west-2:111122223333:key/0987dcba-09fe-87dc-65ba-ab0987654321 of 0987dcba-09fe-87dc-65ba-ab0987654321, arn:aws:kms:eu-west-1:1:key/mrk-0987dcba09fe87dc65baab0987654321';
  expect(redact(text)).toBe(text);
});

test('cuts at 500 characters and joins lines', () => {
  const cut = redact('word '.repeat(200));
  expect(cut).toHaveLength(500);
  expect(cut.endsWith('...')).toBe(true);
  expect(redact('a\n\tb')).toBe('a b');
});
