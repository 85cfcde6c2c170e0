import { describe, expect, test } from '@jest/globals';
import type { WorkspaceSetup } from '../../lambda/contract/provisioning.ts';
import type { KeyConfiguration } from '../../lambda/domain/key.ts';
import { keyIds, keysInUse, keyWishes } from '../../lambda/domain/setup-keys.ts';

const ONE = 'alias/one';
const TWO = 'arn:aws:kms:us-west-2:111122223333:key/two';
const key = (name: string, reuseKeyForClusterVolumes = true) => ({ key: name, reuseKeyForClusterVolumes });

/** What of a wish decides which key configuration serves it. */
const wishes = (setup: Partial<WorkspaceSetup>) =>
  keyWishes(setup).map(({ places, binding }) => ({
    places,
    key: binding.key,
    useCases: binding.useCases,
    reuse: binding.reuseKeyForClusterVolumes,
  }));

describe('keys of a setup', () => {
  test('are none where none is asked for', () => {
    expect([keyWishes({}), keyIds({})]).toEqual([[], []]);
  });

  test('for both uses make one wish, with the cluster volumes as storage has them', () => {
    const both = { places: ['managedServicesKey', 'storageKey'], key: ONE, useCases: ['MANAGED_SERVICES', 'STORAGE'] };
    for (const reuse of [true, false]) {
      const setup = { managedServicesKey: key(ONE, !reuse), storageKey: key(ONE, reuse) };
      expect(wishes(setup)).toEqual([{ ...both, reuse }]);
    }
  });

  test('that are two make two wishes, and only storage speaks of cluster volumes', () => {
    expect(wishes({ managedServicesKey: key(ONE), storageKey: key(TWO) })).toEqual([
      { places: ['managedServicesKey'], key: ONE, useCases: ['MANAGED_SERVICES'], reuse: false },
      { places: ['storageKey'], key: TWO, useCases: ['STORAGE'], reuse: true },
    ]);
  });

  test('by id are told with their place and wished for no more', () => {
    const setup = { managedServicesKey: { id: 'config-1' }, storageKey: key(ONE, false) };
    expect(keyIds(setup)).toEqual([['managedServicesKey', 'config-1']]);
    expect(wishes(setup)).toEqual([{ places: ['storageKey'], key: ONE, useCases: ['STORAGE'], reuse: false }]);
    expect(keyIds({ managedServicesKey: { id: 'a' }, storageKey: { id: 'a' } })).toEqual([
      ['managedServicesKey', 'a'],
      ['storageKey', 'a'],
    ]);
  });

  test('are good with the material of today, whenever they were registered', () => {
    expect(keyWishes({ storageKey: key(ONE) })[0]?.binding.onMaterialRotation).toBe('verify');
  });
});

describe('keys that a workspace uses already', () => {
  const configuration = (id: string, more: Partial<KeyConfiguration> = {}): KeyConfiguration => ({
    ...{ id, keyArn: TWO, useCases: ['MANAGED_SERVICES'], reuseKeyForClusterVolumes: false, createdAt: 0 },
    ...more,
  });
  const storage = { useCases: ['STORAGE'], reuseKeyForClusterVolumes: true } as const;
  const ALL = [
    configuration('first'),
    configuration('rotated', { createdAt: 1 }),
    configuration('storage', storage),
    configuration('bare', { ...storage, reuseKeyForClusterVolumes: false }),
    configuration('foreign', { keyArn: 'arn:aws:kms:us-west-2:111122223333:key/other' }),
  ];
  const inUse = (managedServicesKeyId?: string, storageKeyId?: string) => {
    const [wish] = keyWishes({ managedServicesKey: key(TWO), storageKey: key(TWO) });
    if (wish === undefined) throw new Error('no wish');
    const workspace = {
      ...(managedServicesKeyId !== undefined && { managedServicesKeyId }),
      ...(storageKeyId !== undefined && { storageKeyId }),
    };
    return Object.fromEntries(keysInUse(wish, TWO, workspace, ALL));
  };

  test('are for the same key, however late they were made and whatever else they are for', () => {
    expect(inUse('rotated', 'storage')).toEqual({ managedServicesKey: 'rotated', storageKey: 'storage' });
    expect(inUse('first')).toEqual({ managedServicesKey: 'first' });
  });

  test.each([
    ['of another key', 'foreign', undefined],
    ['for another use', 'storage', 'first'],
    ['with other cluster volumes', undefined, 'bare'],
    ['that nobody knows', 'gone', 'gone'],
    ['of no workspace', undefined, undefined],
  ])('are none %s', (_what, managedServicesKeyId, storageKeyId) => {
    expect(inUse(managedServicesKeyId, storageKeyId)).toEqual({});
  });
});
