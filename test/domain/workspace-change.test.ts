import { describe, expect, test } from '@jest/globals';
import type { WorkspaceSettings } from '../../lambda/contract/rollout.ts';
import type { KeyConfiguration } from '../../lambda/domain/key.ts';
import type { Workspace } from '../../lambda/domain/workspace.ts';
import { planChange } from '../../lambda/domain/workspace-change.ts';
import { wantedSettings } from '../../lambda/domain/workspace-settings.ts';

const configuration = (id: string, change: Partial<KeyConfiguration> = {}): KeyConfiguration => ({
  id,
  keyArn: `arn:aws:kms:us-west-2:111122223333:key/${id}`,
  useCases: ['MANAGED_SERVICES', 'STORAGE'],
  reuseKeyForClusterVolumes: false,
  createdAt: 0,
  ...change,
});
const workspace = (change: Partial<Workspace> = {}): Workspace => ({
  ...{ id: '1', name: 'one', deploymentName: 'dbc-1', region: 'us-west-2', status: 'RUNNING' },
  managedServicesKeyId: 'old',
  credentialsId: 'cred',
  networkId: 'net',
  storageConfigurationId: 'store',
  ...change,
});
const plan = (settings: WorkspaceSettings, before: Workspace = workspace(), leftStopped: readonly string[] = []) =>
  planChange({
    change: { workspaceId: '1', settings, compute: 'stop-and-restart' },
    workspace: before,
    configurations: [
      configuration('new'),
      configuration('ms', { useCases: ['MANAGED_SERVICES'] }),
      configuration('far', { keyArn: 'arn:aws:kms:eu-west-1:111122223333:key/far' }),
    ],
    leftStopped: new Set(leftStopped),
    warnings: [],
    calls: 3,
  });
const verdict = (planned: ReturnType<typeof plan>): string => {
  const [one] = planned.workspaces;
  return one?.failure?.name ?? `${one?.action} ${one?.fields.join(' ')}`.trim();
};

describe('what may change while a workspace is', () => {
  const without = (name: keyof WorkspaceSettings): Workspace => {
    const { [name]: _gone, ...rest } = workspace();
    return rest;
  };
  const all: WorkspaceSettings = {
    ...{ managedServicesKeyId: 'new', storageKeyId: 'new', credentialsId: 'c2', networkId: 'n2' },
    storageConfigurationId: 's2',
  };
  const names = Object.keys(all).join(' ');

  test.each<[string, WorkspaceSettings, Workspace, string]>([
    [
      'RUNNING: a managed services key is added',
      { managedServicesKeyId: 'new' },
      without('managedServicesKeyId'),
      'roll-out managedServicesKeyId',
    ],
    [
      'RUNNING: a managed services key is replaced',
      { managedServicesKeyId: 'new' },
      workspace(),
      'roll-out managedServicesKeyId',
    ],
    ['RUNNING: a storage key is added', { storageKeyId: 'new' }, workspace(), 'roll-out storageKeyId'],
    [
      'RUNNING: a storage key is not replaced',
      { storageKeyId: 'new' },
      workspace({ storageKeyId: 'x' }),
      'StorageKeyIsPermanent',
    ],
    ['RUNNING: credentials', { credentialsId: 'c2' }, workspace(), 'roll-out credentialsId'],
    ['RUNNING: another customer-managed network', { networkId: 'n2' }, workspace(), 'roll-out networkId'],
    [
      'RUNNING: no network where Databricks manages it',
      { networkId: 'n2' },
      without('networkId'),
      'WorkspaceSettingIsFixed',
    ],
    ['RUNNING: no storage configuration', { storageConfigurationId: 's2' }, workspace(), 'WorkspaceSettingIsFixed'],
    ['FAILED: everything', all, workspace({ status: 'FAILED' }), `roll-out ${names}`],
    [
      'FAILED: a network where Databricks managed it',
      { networkId: 'n2' },
      { ...without('networkId'), status: 'FAILED' },
      'roll-out networkId',
    ],
    [
      'PROVISIONING: what may change while RUNNING',
      { credentialsId: 'c2' },
      workspace({ status: 'PROVISIONING' }),
      'roll-out credentialsId',
    ],
    ['BANNED: nothing', { credentialsId: 'c2' }, workspace({ status: 'BANNED' }), 'WorkspaceNotRunning'],
    ['BANNED: what is asked for already', { credentialsId: 'cred' }, workspace({ status: 'BANNED' }), 'unchanged'],
  ])('%s', (_what, settings, before, expected) => {
    expect(verdict(plan(settings, before))).toBe(expected);
  });
});

describe('a key configuration', () => {
  test.each<[string, WorkspaceSettings, string]>([
    ['that does not exist', { managedServicesKeyId: 'gone' }, 'KeyConfigurationUnfit'],
    ['for another use case', { storageKeyId: 'ms' }, 'KeyConfigurationUnfit'],
    ['of another Region', { managedServicesKeyId: 'far' }, 'WorkspaceRegionMismatch'],
  ])('%s is refused', (_what, settings, expected) => {
    expect(verdict(plan(settings))).toBe(expected);
  });
});

describe('the plan of a change', () => {
  test('holds only what differs, and says by which ids', () => {
    const planned = plan({ managedServicesKeyId: 'old', credentialsId: 'c2' });
    const [one] = planned.batches[0]?.items ?? [];
    expect(one?.fields).toEqual(['credentialsId']);
    expect(wantedSettings({ fields: one?.fields ?? [], keyConfigurationId: null, settings: planned.settings })).toEqual(
      {
        credentialsId: 'c2',
      },
    );
  });

  test.each<[WorkspaceSettings, boolean]>([
    [{ managedServicesKeyId: 'new' }, false],
    [{ storageKeyId: 'new' }, true],
    [{ credentialsId: 'c2' }, true],
    [{ networkId: 'n2', managedServicesKeyId: 'new' }, true],
  ])('%j needs a rest: %s', (settings, rests) => {
    expect(plan(settings).workspaces[0]?.needsRest).toBe(rests);
  });

  test('a FAILED workspace is set up again, and nobody asks it for its compute', () => {
    const planned = plan({ credentialsId: 'c2' }, workspace({ status: 'FAILED' }));
    expect(planned).toMatchObject({ treatment: { compute: 'leave-running' }, workspaces: [{ redeploys: true }] });
  });

  test('what is refused leaves no work, but compute that was left stopped is restarted', () => {
    expect(plan({ storageConfigurationId: 's2' }).batches).toEqual([]);
    const planned = plan({ storageConfigurationId: 's2' }, workspace(), ['1']);
    expect(planned.workspaces).toMatchObject([{ action: 'restart', failure: { name: 'WorkspaceSettingIsFixed' } }]);
  });
});
