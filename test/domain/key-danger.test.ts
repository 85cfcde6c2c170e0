import { describe, expect, test } from '@jest/globals';
import type { KmsKey } from '../../lambda/domain/key.ts';
import { judgeKey, type KeySighting, quietMs, shows } from '../../lambda/domain/key-danger.ts';
import { neededStatements } from '../../lambda/domain/key-policy.ts';

const NOW = Date.parse('2026-05-20T20:00:00Z');
const HOUR_MS = 60 * 60_000;
const inHours = (hours: number): string => new Date(NOW + hours * HOUR_MS).toISOString();

const key = (change: Partial<KmsKey> = {}): KmsKey => ({
  arn: 'arn:aws:kms:us-west-2:111122223333:key/1234',
  id: '1234',
  state: 'Enabled',
  spec: 'SYMMETRIC_DEFAULT',
  usage: 'ENCRYPT_DECRYPT',
  origin: 'AWS_KMS',
  ...change,
});
const seen = (
  change: Partial<KmsKey> = {},
  missing: (KeySighting & { kind: 'seen' })['missing'] = [],
): KeySighting => ({
  kind: 'seen',
  key: key(change),
  missing,
});
const MISSING = neededStatements({
  useCases: ['MANAGED_SERVICES'],
  reuseKeyForClusterVolumes: false,
  databricksAccountId: '0d26daa6-5e44-4c97-a497-ef015f91254a',
  databricksPrincipal: 'arn:aws:iam::414351767826:root',
  crossAccountRoles: [],
});

describe('what endangers a key', () => {
  test.each<[string, KeySighting, readonly string[]]>([
    ['an enabled key', seen(), []],
    ['one that was just made', seen({ state: 'Creating' }), []],
    ['one whose primary Region moves', seen({ state: 'Updating' }), []],
    ['a disabled key', seen({ state: 'Disabled' }), ['disabled']],
    [
      'a key that waits for its deletion',
      seen({ state: 'PendingDeletion', deletionAt: inHours(168) }),
      ['deletion-scheduled'],
    ],
    ['a multi-Region key that does', seen({ state: 'PendingReplicaDeletion' }), ['deletion-scheduled']],
    [
      'imported material that is gone',
      seen({ state: 'PendingImport', materialEndsAt: inHours(-1) }),
      ['material-missing'],
    ],
    ['imported material that stays', seen({ origin: 'EXTERNAL' }), []],
    ['imported material that ends in a week and an hour', seen({ materialEndsAt: inHours(169) }), []],
    ['imported material that ends in a week', seen({ materialEndsAt: inHours(168) }), ['material-ends']],
    ['imported material that has ended and still shows', seen({ materialEndsAt: inHours(-1) }), ['material-ends']],
    ['a key store that does not answer', seen({ state: 'Unavailable' }), ['unavailable']],
    ['a policy without Databricks', seen({}, MISSING), ['policy-incomplete']],
    ['a disabled key with such a policy', seen({ state: 'Disabled' }, MISSING), ['disabled', 'policy-incomplete']],
    ['a key that is gone', { kind: 'gone' }, ['gone']],
    ['a key that hides', { kind: 'hidden' }, ['hidden']],
    ['a bound alias without a key', { kind: 'alias-missing' }, ['alias-missing']],
  ])('%s', (_what, sighting, expected) => {
    expect(judgeKey(sighting, NOW).map(({ kind }) => kind)).toEqual(expected);
  });

  test('has the deadline that KMS tells, and none where it is so already', () => {
    const of = (sighting: KeySighting) => judgeKey(sighting, NOW)[0]?.deadline;

    expect(of(seen({ state: 'PendingDeletion', deletionAt: inHours(168) }))).toBe(inHours(168));
    expect(of(seen({ materialEndsAt: inHours(24) }))).toBe(inHours(24));
    expect(of(seen({ state: 'Disabled' }))).toBeUndefined();
    expect(of(seen({ state: 'PendingReplicaDeletion' }))).toBeUndefined();
  });

  test('says what to do, the statement to add included', () => {
    const [danger] = judgeKey(seen({}, MISSING), NOW);

    expect(danger?.advice).toContain('aws kms put-key-policy');
    expect(danger?.advice).toContain(JSON.stringify(MISSING[0]?.statement));
    for (const state of ['Disabled', 'PendingDeletion', 'PendingImport'])
      expect(judgeKey(seen({ state }), NOW)[0]?.advice).toContain('aws kms ');
  });

  test('is told again after an hour, and once a day what is yet to come', () => {
    const quiet = (sighting: KeySighting) => judgeKey(sighting, NOW).map(quietMs);

    expect(quiet(seen({ state: 'Disabled' }))).toEqual([HOUR_MS]);
    expect(quiet(seen({ state: 'PendingDeletion', deletionAt: inHours(700) }))).toEqual([HOUR_MS]);
    expect(quiet(seen({ materialEndsAt: inHours(100) }))).toEqual([24 * HOUR_MS]);
    expect(quiet({ kind: 'alias-missing' })).toEqual([24 * HOUR_MS]);
  });
});

describe('whether a key shows what was done to it', () => {
  test.each<[string, KeySighting, boolean]>([
    ['DisableKey', seen(), false],
    ['DisableKey', seen({ state: 'Disabled' }), true],
    ['DisableKey', seen({ state: 'PendingDeletion' }), true],
    ['EnableKey', seen({ state: 'Disabled' }), false],
    ['EnableKey', seen(), true],
    ['ScheduleKeyDeletion', seen(), false],
    ['ScheduleKeyDeletion', seen({ state: 'PendingReplicaDeletion' }), true],
    ['CancelKeyDeletion', seen({ state: 'PendingDeletion' }), false],
    ['CancelKeyDeletion', seen({ state: 'Disabled' }), true],
    ['DeleteImportedKeyMaterial', seen(), false],
    ['ImportKeyMaterial', seen({ state: 'PendingImport' }), false],
    ['KMS Imported Key Material Expiration', seen({ state: 'PendingImport' }), true],
    ['KMS CMK Deletion', seen({ state: 'PendingDeletion' }), false],
    ['KMS CMK Deletion', { kind: 'gone' }, true],
    ['PutKeyPolicy', seen(), true],
  ])('after %s, %j: %p', (what, sighting, expected) => {
    expect(shows(sighting, what)).toBe(expected);
  });
});
