import { describe, expect, test } from '@jest/globals';
import { targetInput, valueAtPath } from '../../../local/aws/input-transformer.ts';
import type { BusEvent } from '../../../local/aws/service.ts';

const RULE = { name: 'rotated', arn: 'arn:aws:events:us-west-2:111122223333:rule/rotated' };
const EVENT: BusEvent = {
  version: '0',
  id: 'e1',
  'detail-type': 'KMS CMK Rotation',
  source: 'aws.kms',
  account: '111122223333',
  time: '2026-05-20T20:44:37Z',
  region: 'us-west-2',
  resources: ['arn:aws:kms:us-west-2:111122223333:key/k'],
  detail: { 'key-id': 'k', count: 3, text: 'say "hi"', parts: { a: [1] } },
};

const transformed = (InputTemplate: string, InputPathsMap: Readonly<Record<string, string>> = {}): string =>
  targetInput({ InputTransformer: { InputTemplate, InputPathsMap } }, EVENT, RULE);

describe('a target gets', () => {
  test('the event when nothing else is said', () => {
    expect(JSON.parse(targetInput({}, EVENT, RULE))).toEqual(EVENT);
  });

  test('a constant', () => {
    expect(targetInput({ Input: '{"kind":"scheduled"}' }, EVENT, RULE)).toBe('{"kind":"scheduled"}');
  });

  test('a part of the event', () => {
    expect(targetInput({ InputPath: '$.detail.parts' }, EVENT, RULE)).toBe('{"a":[1]}');
  });

  test('a template with values as JSON and as text', () => {
    const paths = { id: '$.detail.key-id', parts: '$.detail.parts', count: '$.detail.count', text: '$.detail.text' };

    const filled = transformed('{"id": <id>, "told": "key <id>: <text>", "parts": <parts>, "count": <count>}', paths);

    expect(JSON.parse(filled)).toEqual({ id: 'k', told: 'key k: say "hi"', parts: { a: [1] }, count: 3 });
  });

  test('what EventBridge itself knows', () => {
    const filled = transformed(
      '{"rule": <aws.events.rule-name>, "arn": "<aws.events.rule-arn>", "event": <aws.events.event.json>}',
    );

    expect(JSON.parse(filled)).toEqual({ rule: 'rotated', arn: RULE.arn, event: EVENT });
    expect(JSON.parse(transformed('{"bare": <aws.events.event>}')).bare).not.toHaveProperty('detail');
  });

  test('text from a template that is text', () => {
    expect(transformed('"The key <id> was rotated"', { id: '$.detail.key-id' })).toBe('The key k was rotated');
  });

  test('nothing in the place of a value that is not there', () => {
    expect(transformed('{"error": "<code>"}', { code: '$.detail.errorCode' })).toBe('{"error": ""}');
  });
});

test('a name that no path defines is refused', () => {
  expect(() => transformed('{"a": <nobody>}')).toThrow('the template has <nobody>, which no path defines');
});

test.each([
  ['$', EVENT],
  ['$.resources[0]', EVENT.resources[0]],
  ["$.detail['key-id']", 'k'],
  ['$.detail.nothing.further', undefined],
])('the path %s finds its value', (path, expected) => {
  expect(valueAtPath(EVENT, path)).toEqual(expected);
});

test.each(['detail', '$..key-id', '$.resources[*]', '$.detail.'])('the path %s is refused', (path) => {
  expect(() => valueAtPath(EVENT, path)).toThrow(`the local run does not know the path ${path}`);
});
