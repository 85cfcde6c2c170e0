import { describe, expect, test } from '@jest/globals';
import { repairWorkspace } from '../../lambda/app/repair-workspace.ts';
import { FAILURE } from '../../lambda/contract/failures.ts';
import type { WorkspaceSetup } from '../../lambda/contract/provisioning.ts';
import { AutomationError } from '../../lambda/domain/failure.ts';
import { failureOf, SETUP } from './fake-account.ts';
import { workspace } from './fakes.ts';
import { type ProvisioningStand, provisioningStand, RUN } from './provisioning-stand.ts';

const FAILED = workspace('7', { name: 'prod', status: 'FAILED', networkId: 'net', credentialsId: 'cred' });
const replacements = { network: { ...SETUP.network, name: 'prod-2-network' } };

const repair = (stand: ProvisioningStand, instead: Partial<WorkspaceSetup> = replacements) =>
  repairWorkspace(
    {
      ...{ provisioningId: RUN, workspaceId: '7', workspaceName: 'prod', deploymentName: 'dbc-7' },
      replacements: instead,
    },
    stand,
  );

describe('a repair', () => {
  test('makes what replaces and gives it to the workspace, and nothing else', async () => {
    const stand = provisioningStand(FAILED);
    expect(await repair(stand)).toEqual({
      settings: { networkId: 'made-1' },
      ...{ created: ["network configuration 'prod-2-network'"], ownNetworkId: 'made-1' },
      ...{ since: '2026-05-20T20:00:00.000Z', calls: 3 },
    });
    expect(stand.workspaces.patches).toEqual([{ networkId: 'made-1' }]);
    expect(await stand.workspaces.get('7')).toMatchObject({ networkId: 'made-1', credentialsId: 'cred' });
  });

  test('that runs again makes nothing and sends nothing', async () => {
    const stand = provisioningStand(FAILED);
    await repair(stand);
    expect((await repair(stand)).settings).toEqual({ networkId: 'made-1' });
    expect([stand.workspaces.patches.length, stand.setup.networks.asked]).toEqual([1, 1]);
  });

  test('with a network by its id makes none, and has none of its own', async () => {
    const stand = provisioningStand(FAILED);
    stand.setup.networks.put({
      ...{ ...SETUP.network, id: 'net-9' },
      ...{ status: 'UNATTACHED', errors: [], warnings: [] },
    });
    expect(await repair(stand, { network: { id: 'net-9' } })).toMatchObject({
      ...{ settings: { networkId: 'net-9' }, created: [], ownNetworkId: null },
    });
  });

  test.each(['accept-and-lose-answer', 'lose'] as const)(
    'whose answer was lost (%s) leaves it to the next look',
    async (next) => {
      const stand = provisioningStand(FAILED);
      stand.workspaces.next = next;
      expect((await repair(stand)).settings).toEqual({ networkId: 'made-1' });
    },
  );

  test('that Databricks refuses fails with what it says, and is sent again by the next try', async () => {
    const stand = provisioningStand(FAILED);
    stand.workspaces.next = new AutomationError(FAILURE.workspaceBusy, 'not now');
    expect(await failureOf(repair(stand))).toEqual({ name: FAILURE.workspaceBusy, message: 'not now' });
    await repair(stand);
    expect(stand.workspaces.patches).toEqual([{ networkId: 'made-1' }]);
  });

  test('with a name that stands for something else sends nothing', async () => {
    const stand = provisioningStand(FAILED);
    stand.setup.networks.put({
      ...{ ...SETUP.network, name: 'prod-2-network', vpcId: 'vpc-9', id: 'net-9' },
      ...{ status: 'UNATTACHED', errors: [], warnings: [] },
    });
    expect((await failureOf(repair(stand))).name).toBe(FAILURE.provisioningRefused);
    expect(stand.workspaces.patches).toEqual([]);
  });
});
