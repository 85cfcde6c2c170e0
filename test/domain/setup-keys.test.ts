import { describe, expect, test } from '@jest/globals';
import type { WorkspaceSetup } from '../../lambda/contract/provisioning.ts';
import { keyIds, keyWishes } from '../../lambda/domain/setup-keys.ts';

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
