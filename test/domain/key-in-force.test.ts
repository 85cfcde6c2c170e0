import { describe, expect, test } from '@jest/globals';
import { judgeRead } from '../../lambda/domain/key-in-force.ts';
import type { Workspace } from '../../lambda/domain/workspace.ts';
import { missingSettings } from '../../lambda/domain/workspace-settings.ts';

const workspace = (change: Partial<Workspace>): Workspace => ({
  id: '1',
  name: 'w',
  deploymentName: 'd',
  region: 'us-west-2',
  status: 'RUNNING',
  ...change,
});
const NEW = { managedServicesKeyId: 'new' };

describe('a key in force', () => {
  test.each([
    ['the old key', { managedServicesKeyId: 'old' }, 0, { kind: 'waiting', stableReads: 0 }],
    ['the new key once', { managedServicesKeyId: 'new' }, 0, { kind: 'waiting', stableReads: 1 }],
    ['the new key for the third time', { managedServicesKeyId: 'new' }, 2, { kind: 'in-force', stableReads: 3 }],
    [
      'the new key, but not RUNNING yet',
      { managedServicesKeyId: 'new', status: 'PROVISIONING' },
      5,
      { kind: 'waiting', stableReads: 6 },
    ],
    ['the old key after the new one', { managedServicesKeyId: 'old' }, 1, { kind: 'reverted' }],
    ['no key after the new one', {}, 2, { kind: 'reverted' }],
    ['FAILED', { managedServicesKeyId: 'new', status: 'FAILED' }, 2, { kind: 'failed' }],
    ['BANNED', { status: 'BANNED' }, 0, { kind: 'failed' }],
  ])('a read that shows %s', (_what, change, before, expected) => {
    expect(judgeRead(workspace(change), NEW, before, 3)).toEqual(expected);
  });

  test('both fields have to be there when both were changed', () => {
    const both = { managedServicesKeyId: 'new', storageKeyId: 'new' };
    expect(missingSettings(workspace({ managedServicesKeyId: 'new' }), both)).toEqual({ storageKeyId: 'new' });
    expect(judgeRead(workspace({ managedServicesKeyId: 'new' }), both, 0, 1)).toEqual({
      kind: 'waiting',
      stableReads: 0,
    });
  });

  test('a field nobody asked for is never in a patch', () => {
    expect(missingSettings(workspace({ storageKeyId: 'other' }), NEW)).toEqual({ managedServicesKeyId: 'new' });
  });
});
