import { describe, expect, test } from '@jest/globals';
import type { WorkspacePlan } from '../../lambda/contract/rollout.ts';
import type { KeyConfiguration, KmsKey } from '../../lambda/domain/key.ts';
import { foundAt, outOfPlace } from '../../lambda/domain/out-of-place.ts';

const ARN = 'arn:aws:kms:us-west-2:111122223333:key/current';
const OTHER = 'arn:aws:kms:us-west-2:111122223333:key/other';
const FOREIGN = 'arn:aws:kms:us-west-2:999999999999:key/other';
const ROTATED_AT = '2026-05-20T00:00:00.000Z';
const key: KmsKey = {
  ...{ arn: ARN, id: 'current', state: 'Enabled', spec: 'SYMMETRIC_DEFAULT', usage: 'ENCRYPT_DECRYPT' },
  origin: 'AWS_KMS',
};
const configuration = (change: Partial<KeyConfiguration>): KeyConfiguration => ({
  ...{ id: 'c1', keyArn: ARN, useCases: ['MANAGED_SERVICES'], reuseKeyForClusterVolumes: true },
  createdAt: Date.parse('2026-01-01T00:00:00Z'),
  ...change,
});
const found = (managedServicesKeyId: string | undefined, ...configurations: readonly KeyConfiguration[]): string =>
  foundAt(
    {
      ...{ id: '1', name: 'one', deploymentName: 'one', region: 'us-west-2', status: 'RUNNING' },
      ...(managedServicesKeyId !== undefined && { managedServicesKeyId }),
    },
    ['managedServicesKeyId'],
    { key, binding: { key: 'alias/x' }, rotatedAt: ROTATED_AT, configurations },
  );

describe('what was found at a workspace', () => {
  test.each<[string, string | undefined, readonly KeyConfiguration[], string]>([
    ['no key', undefined, [], `it has no customer-managed key for managed services; wanted key current`],
    [
      'a configuration that is gone',
      'c1',
      [],
      `it refers to key configuration c1, which the Databricks account does not list; wanted one for key current`,
    ],
    [
      'a configuration from before the rotation',
      'c1',
      [configuration({})],
      `it uses key configuration c1 for key current, made 2026-01-01T00:00:00.000Z, before the key was rotated at ${ROTATED_AT}`,
    ],
    [
      'a configuration for something else',
      'c1',
      [configuration({ useCases: ['STORAGE'] })],
      `it uses key configuration c1 for key current, which is registered for STORAGE only`,
    ],
    [
      'the key that the alias has left',
      'c1',
      [configuration({ keyArn: OTHER, keyAlias: 'x' })],
      `it uses key configuration c1 for key other, to which alias/x pointed before; now it points to key current`,
    ],
    [
      'a key that the binding never had',
      'c1',
      [configuration({ keyArn: OTHER, keyAlias: 'alias/y' })],
      `it uses key configuration c1 for key other, which is not a key of this binding: somebody set it by hand, or for another binding; wanted key current`,
    ],
    [
      'a key of another account',
      'c1',
      [configuration({ keyArn: FOREIGN })],
      `it uses key configuration c1 for key ${FOREIGN}, which is not a key of this binding: somebody set it by hand, or for another binding; wanted key current`,
    ],
  ])('%s', (_what, id, configurations, words) => {
    expect(found(id, ...configurations)).toBe(words);
  });
});

describe('the report of what is out of place', () => {
  const planned = (workspaceId: string, change: Partial<WorkspacePlan> = {}): WorkspacePlan => ({
    ...{ workspaceId, workspaceName: `ws-${workspaceId}`, deploymentName: '', fields: [], needsRest: false },
    ...{ redeploys: false, action: 'unchanged', reason: 'already right' },
    ...change,
  });

  test('is none where all is right, and compute that waits for its restart is the sweep’s', () => {
    expect(outOfPlace('prod', [planned('1'), planned('2', { action: 'restart' })], ['a warning'])).toBeNull();
  });

  test('names what would be changed and what cannot be', () => {
    const report = outOfPlace(
      'prod',
      [
        planned('1'),
        planned('2', { action: 'roll-out', reason: 'changes a' }),
        planned('3', {
          ...{ action: 'refuse', reason: 'is FAILED' },
          failure: { name: 'WorkspaceNotRunning', message: 'is FAILED' },
        }),
      ],
      ['the key expires'],
    );

    expect(report?.split('\n')).toEqual([
      'key binding prod: 2 of 3 workspaces are not as it wants; nothing was changed',
      '- ws-2 (2): changes a',
      '- ws-3 (3): is FAILED',
      'warning: the key expires',
      'A rollout with {"bindingId":"prod"} mends what can be mended; with drift: \'repair\' the schedule does.',
    ]);
  });

  test('has an end, however many there are', () => {
    const many = Array.from({ length: 300 }, (_, index) => planned(String(index), { action: 'roll-out' }));

    const lines = outOfPlace('prod', many, [])?.split('\n') ?? [];

    expect(lines).toHaveLength(53);
    expect(lines[51]).toBe('- and 250 more; a dry run names them all');
  });
});
