import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { PATH_PARAMETERS } from '../../lambda/contract/api-requests.ts';
import { executionName, operationId, operationPath, parseOperationId } from '../../lambda/domain/operation-id.ts';

const kind = fc.constantFrom('key-rollout' as const, 'secret-sync' as const);
const name = fc.stringMatching(/^[A-Za-z0-9_-]{1,80}$/);

describe('the id of an operation', () => {
  test('is read back as it was written, and is one that a path may hold', () => {
    const inPath = new RegExp(PATH_PARAMETERS.operationId?.pattern ?? '^$');
    fc.assert(
      fc.property(fc.record({ kind, name }), (id) => {
        expect(parseOperationId(operationId(id))).toEqual(id);
        expect(operationId(id)).toMatch(inPath);
        expect(operationPath(id)).toBe(`/v1/operations/${operationId(id)}`);
      }),
      { seed: 20_260_520 },
    );
  });

  test('is what the pattern of the path says, whatever the text', () => {
    const inPath = new RegExp(PATH_PARAMETERS.operationId?.pattern ?? '^$');
    const text = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc
        .tuple(fc.constantFrom('key-rollout', 'secret-sync', 'key'), fc.constantFrom('.', '..', '/'), fc.string())
        .map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(text, (id) => {
        expect(parseOperationId(id) !== undefined).toBe(inPath.test(id));
      }),
      { seed: 20_260_520, numRuns: 500 },
    );
  });

  test.each([
    '',
    'key-rollout',
    'key-rollout.',
    '.one',
    'other.one',
    'KEY-ROLLOUT.one',
    'key-rollout.a.b',
    'key-rollout.a/b',
    'key-rollout.one\n',
    ' key-rollout.one',
    '__proto__.one',
    `key-rollout.${'a'.repeat(81)}`,
  ])('is not %p', (id) => {
    expect(parseOperationId(id)).toBeUndefined();
  });
});

describe('the name of an execution', () => {
  test.each([
    ['arn:aws:states:us-west-2:111122223333:execution:rollout:one-1', 'one-1'],
    ['arn:aws-us-gov:states:us-gov-west-1:111122223333:execution:rollout/Workspaces:child', 'child'],
    ['', ''],
  ])('in %p is %p', (arn, wanted) => {
    expect(executionName(arn)).toBe(wanted);
  });
});
