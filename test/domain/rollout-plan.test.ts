import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { KeyBinding } from '../../lambda/contract/bindings.ts';
import type { KeyConfiguration, KmsKey } from '../../lambda/domain/key.ts';
import { wantedConfiguration } from '../../lambda/domain/key-match.ts';
import { planRestart } from '../../lambda/domain/restart-plan.ts';
import { KEY_CONFIGURATION_LIMIT, planRollout, type RolloutSituation } from '../../lambda/domain/rollout-plan.ts';
import type { Workspace } from '../../lambda/domain/workspace.ts';
import { chooseWorkspaces } from '../../lambda/domain/workspace-choice.ts';

const KEY_ARN = 'arn:aws:kms:us-west-2:111122223333:key/current';
const OLD_ARN = 'arn:aws:kms:us-west-2:111122223333:key/old';
const ROTATED_AT = '2026-05-20T00:00:00.000Z';
const BEFORE = Date.parse(ROTATED_AT) - 1;
const AFTER = Date.parse(ROTATED_AT) + 1;

const key: KmsKey = {
  arn: KEY_ARN,
  id: 'current',
  state: 'Enabled',
  spec: 'SYMMETRIC_DEFAULT',
  usage: 'ENCRYPT_DECRYPT',
  origin: 'AWS_KMS',
  materialId: 'm2',
};
const binding: KeyBinding = {
  id: 'prod',
  key: 'alias/databricks',
  useCases: ['MANAGED_SERVICES'],
  reuseKeyForClusterVolumes: true,
  workspaces: 'using-key',
  onMaterialRotation: 'reregister',
  protect: 'alert',
  retire: 'report',
  drift: 'repair',
  compute: 'stop-and-restart',
  concurrency: 5,
  canary: true,
};
const configuration = (id: string, change: Partial<KeyConfiguration> = {}): KeyConfiguration => ({
  id,
  keyArn: KEY_ARN,
  keyAlias: 'databricks',
  useCases: ['MANAGED_SERVICES'],
  reuseKeyForClusterVolumes: true,
  createdAt: BEFORE,
  ...change,
});
const workspace = (id: string, change: Partial<Workspace> = {}): Workspace => ({
  id,
  name: `ws-${id}`,
  deploymentName: `dbc-${id}`,
  region: 'us-west-2',
  status: 'RUNNING',
  ...change,
});

interface Change extends Partial<Omit<RolloutSituation, 'chosen' | 'wanted'>> {
  readonly workspaces: readonly Workspace[];
  readonly registered?: readonly string[];
  readonly outdated?: readonly string[];
}

const plan = ({ workspaces, registered = [], outdated = [], ...change }: Change) => {
  const situation = {
    subject: 'binding/prod',
    binding,
    key,
    rotatedAt: ROTATED_AT,
    configurations: [],
    leftStopped: new Set<string>(),
    warnings: [],
    calls: 0,
    ...change,
  };
  return planRollout({
    ...situation,
    wanted: wantedConfiguration(situation.binding, key, {
      ...{ rotatedAt: situation.rotatedAt, registered: new Set(registered), outdated: new Set(outdated) },
    }),
    chosen: chooseWorkspaces(situation.binding, key, situation.configurations, workspaces),
  });
};
const actions = (planned: ReturnType<typeof plan>) =>
  planned.workspaces.map(({ action, fields, failure }) => failure?.name ?? [action, ...fields].join(' '));

describe('planning a rollout', () => {
  test('after a rotation, workspaces on a configuration from before it get a new one', () => {
    const planned = plan({
      configurations: [configuration('c1')],
      workspaces: [workspace('1', { managedServicesKeyId: 'c1' })],
    });
    expect(actions(planned)).toEqual(['roll-out managedServicesKeyId']);
    expect(planned.keyConfiguration).toEqual({ kind: 'register', id: null });
  });

  test('one that was registered for the material before is too old, although Databricks says that it is younger', () => {
    const planned = plan({
      configurations: [configuration('c1', { createdAt: AFTER })],
      outdated: ['c1'],
      workspaces: [workspace('1', { managedServicesKeyId: 'c1' })],
    });
    expect(actions(planned)).toEqual(['roll-out managedServicesKeyId']);
    expect(planned.keyConfiguration).toEqual({ kind: 'register', id: null });
  });

  test('one that serves storage, too, is used instead of registering another', () => {
    const [exact, wider] = [
      configuration('exact', { createdAt: AFTER + 1 }),
      configuration('wider', { createdAt: AFTER, useCases: ['MANAGED_SERVICES', 'STORAGE'] }),
    ];
    const workspaces = [workspace('1', { managedServicesKeyId: 'c1' })];
    const chosen = (...configurations: readonly KeyConfiguration[]) =>
      plan({ configurations: [configuration('c1'), ...configurations], workspaces }).keyConfiguration;
    expect(chosen(wider)).toEqual({ kind: 'use', id: 'wider' });
    expect(chosen(wider, exact)).toEqual({ kind: 'use', id: 'exact' });
  });

  test('a configuration made after the rotation is used, and a workspace on it is left alone', () => {
    const configurations = [configuration('c1'), configuration('c2', { createdAt: AFTER })];
    const planned = plan({
      configurations,
      workspaces: [workspace('1', { managedServicesKeyId: 'c1' }), workspace('2', { managedServicesKeyId: 'c2' })],
    });
    expect(actions(planned)).toEqual(['roll-out managedServicesKeyId', 'unchanged']);
    expect(planned.keyConfiguration).toEqual({ kind: 'use', id: 'c2' });
  });

  test('what we registered for this material counts, though clocks put it before the rotation', () => {
    const planned = plan({
      configurations: [configuration('c1')],
      registered: ['c1'],
      workspaces: [workspace('1', { managedServicesKeyId: 'c1' })],
    });
    expect(actions(planned)).toEqual(['unchanged']);
    expect(planned.keyConfiguration).toEqual({ kind: 'none', id: null });
  });

  test('under verify a rotation of the material changes nothing', () => {
    const planned = plan({
      binding: { ...binding, onMaterialRotation: 'verify' },
      configurations: [configuration('c1')],
      workspaces: [workspace('1', { managedServicesKeyId: 'c1' })],
    });
    expect(actions(planned)).toEqual(['unchanged']);
  });

  test('under verify a replaced key is still rolled out', () => {
    const planned = plan({
      binding: { ...binding, onMaterialRotation: 'verify' },
      configurations: [configuration('c0', { keyArn: OLD_ARN })],
      workspaces: [workspace('1', { managedServicesKeyId: 'c0' })],
    });
    expect(actions(planned)).toEqual(['roll-out managedServicesKeyId']);
  });

  test('a replaced key finds the workspaces of the old key by the alias Databricks keeps', () => {
    const configurations = [
      configuration('c0', { keyArn: OLD_ARN, keyAlias: 'alias/databricks' }),
      configuration('other', { keyArn: OLD_ARN, keyAlias: 'else' }),
      configuration('far', { keyArn: OLD_ARN.replace('us-west-2', 'eu-west-1') }),
    ];
    const workspaces = ['c0', 'other', 'far', undefined].map((id, index) =>
      workspace(String(index), id === undefined ? {} : { managedServicesKeyId: id }),
    );
    expect(plan({ configurations, workspaces }).workspaces.map(({ workspaceId }) => workspaceId)).toEqual(['0']);
  });

  const storage: KeyBinding = { ...binding, useCases: ['MANAGED_SERVICES', 'STORAGE'], workspaces: ['1'] };
  const both = (id: string, change: Partial<KeyConfiguration> = {}) =>
    configuration(id, { useCases: ['MANAGED_SERVICES', 'STORAGE'], ...change });

  test('a storage key is added where there is none', () => {
    const planned = plan({
      binding: storage,
      configurations: [both('c1')],
      workspaces: [workspace('1', { managedServicesKeyId: 'c1' })],
    });
    expect(actions(planned)).toEqual(['roll-out managedServicesKeyId storageKeyId']);
  });

  test('a storage key of the same ARN stays when its material rotates', () => {
    const planned = plan({
      binding: storage,
      configurations: [both('c1')],
      workspaces: [workspace('1', { managedServicesKeyId: 'c1', storageKeyId: 'c1' })],
    });
    expect(actions(planned)).toEqual(['roll-out managedServicesKeyId']);
  });

  test('a storage key of another ARN is refused before anything is touched', () => {
    const planned = plan({
      binding: storage,
      configurations: [both('c0', { keyArn: OLD_ARN })],
      workspaces: [workspace('1', { storageKeyId: 'c0' })],
    });
    expect(actions(planned)).toEqual(['StorageKeyIsPermanent']);
    expect(planned.batches).toEqual([]);
  });

  test.each([
    ['another reuse flag', { reuseKeyForClusterVolumes: false }],
    ['fewer use cases', { useCases: ['STORAGE'] as const }],
    ['another key', { keyArn: OLD_ARN }],
  ])('a configuration with %s does not match', (_what, change) => {
    const planned = plan({
      binding: storage,
      configurations: [both('c2', { createdAt: AFTER, ...change })],
      workspaces: [workspace('1')],
    });
    expect(planned.keyConfiguration.kind).toBe('register');
  });

  test.each([
    ['FAILED', 'WorkspaceNotRunning'],
    ['BANNED', 'WorkspaceNotRunning'],
    ['CANCELLING', 'WorkspaceNotRunning'],
    ['NOT_PROVISIONED', 'WorkspaceNotRunning'],
    ['PROVISIONING', 'roll-out managedServicesKeyId'],
  ])('a workspace that is %s: %s', (status, expected) => {
    expect(
      actions(plan({ binding: { ...binding, workspaces: ['1'] }, workspaces: [workspace('1', { status })] })),
    ).toEqual([expected]);
  });

  test('a workspace of another Region and one that does not exist are refused, the others go on', () => {
    const planned = plan({
      binding: { ...binding, workspaces: ['1', '2', '3'] },
      workspaces: [workspace('1'), workspace('2', { region: 'eu-west-1' })],
    });
    expect(actions(planned)).toEqual(['roll-out managedServicesKeyId', 'WorkspaceRegionMismatch', 'WorkspaceNotFound']);
  });

  test('compute that an earlier rollout left stopped is work, although the key is right', () => {
    const planned = plan({
      configurations: [configuration('c2', { createdAt: AFTER })],
      workspaces: [workspace('1', { managedServicesKeyId: 'c2' })],
      leftStopped: new Set(['1']),
    });
    expect(actions(planned)).toEqual(['restart']);
    expect(planned.batches).toHaveLength(1);
    expect(planned.keyConfiguration.kind).toBe('none');
  });

  test('a restart changes no key, and starts only what is on record', () => {
    const planned = planRestart({
      workspaceIds: ['1', '2', '3', '4'],
      workspaces: [workspace('1'), workspace('2', { status: 'FAILED' }), workspace('3', { region: 'eu-west-1' })],
      leftStopped: new Set(['2', '3']),
      calls: 1,
    });
    expect(actions(planned)).toEqual(['unchanged', 'restart', 'restart', 'WorkspaceNotFound']);
    expect(planned.keyConfiguration.kind).toBe('none');
  });

  test('the first workspace is a batch of its own only with a canary', () => {
    const workspaces = ['1', '2', '3'].map((id) => workspace(id));
    const sizes = (canary: boolean) =>
      plan({ binding: { ...binding, workspaces: ['1', '2', '3'], canary }, workspaces }).batches.map(
        ({ items }) => items.length,
      );
    expect(sizes(true)).toEqual([1, 2]);
    expect(sizes(false)).toEqual([3]);
  });

  test.each([
    [KEY_CONFIGURATION_LIMIT - 1, 'register'],
    [KEY_CONFIGURATION_LIMIT, 'KeyConfigurationLimitReached'],
  ])('with %d configurations in the account a new one: %s', (count, expected) => {
    const configurations = Array.from({ length: count }, (_, index) =>
      configuration(`x${index}`, { keyArn: OLD_ARN, keyAlias: 'else' }),
    );
    const outcome = (): string => {
      try {
        return plan({ binding: { ...binding, workspaces: ['1'] }, configurations, workspaces: [workspace('1')] })
          .keyConfiguration.kind;
      } catch (error) {
        return (error as Error).name;
      }
    };
    expect(outcome()).toBe(expected);
  });

  test('of 300 workspaces fits into a state of 256 KiB, whatever there is to say of them', () => {
    const id = '0987dcba-09fe-87dc-65ba-ab0987654321';
    const ids = Array.from({ length: 300 }, (_, index) => String(1234567890123456 + index));
    const planned = plan({
      binding: { ...binding, workspaces: ids },
      configurations: [configuration(id, { keyArn: OLD_ARN.replace('old', id), keyAlias: 'else' })],
      workspaces: ids.map((one) =>
        workspace(one, { name: `the workspace of team ${one}`, deploymentName: `dbc-${id}`, managedServicesKeyId: id }),
      ),
    });
    expect(planned.outOfPlace).toContain('300 of 300 workspaces');
    expect(JSON.stringify(planned).length).toBeLessThan(256 * 1024);
  });

  test('a workspace that was rolled out needs nothing the second time, whatever it was before', () => {
    const id = fc.constantFrom('c0', 'c1', 'c2', undefined);
    fc.assert(
      fc.property(
        fc.array(fc.record({ managed: id, stored: id }), { maxLength: 8 }),
        fc.boolean(),
        (before, withStorage) => {
          const ids = before.map((_, index) => String(index));
          const bound: KeyBinding = { ...(withStorage ? storage : binding), workspaces: ids.length > 0 ? ids : ['0'] };
          const configurations = [
            both('c0', { keyArn: OLD_ARN }),
            both('c1'),
            both('c2', { createdAt: AFTER, useCases: bound.useCases }),
          ];
          const workspaces = before.map(({ managed, stored }, index) =>
            workspace(String(index), {
              ...(managed && { managedServicesKeyId: managed }),
              ...(stored && { storageKeyId: stored }),
            }),
          );
          const first = plan({ binding: bound, configurations, workspaces });
          const after = workspaces.map((one) => {
            const planned = first.workspaces.find(({ workspaceId }) => workspaceId === one.id);
            const target = first.keyConfiguration.id;
            if (target === null || planned === undefined) return one;
            return {
              ...one,
              ...(planned.fields.includes('managedServicesKeyId') && { managedServicesKeyId: target }),
              ...(planned.fields.includes('storageKeyId') && { storageKeyId: target }),
            };
          });
          expect(plan({ binding: bound, configurations, workspaces: after }).batches).toEqual([]);
        },
      ),
    );
  });
});
