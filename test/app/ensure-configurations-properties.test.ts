import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ensureConfigurations } from '../../lambda/app/ensure-configurations.ts';
import type { WorkspaceSetup } from '../../lambda/contract/provisioning.ts';
import { planSetup } from '../../lambda/domain/setup-plan.ts';
import { type FakeSetup, failureOf, ROLE, SETUP } from './fake-account.ts';
import { KEY_ARN } from './fakes.ts';
import { type ProvisioningStand, provisioningStand, RUN } from './provisioning-stand.ts';

const ensure = (setup: WorkspaceSetup, stand: ProvisioningStand) =>
  ensureConfigurations({ provisioningId: RUN, workspaceName: 'prod', setup, workspaceId: null }, stand);
const kind = (setup: FakeSetup, name: keyof typeof SETUP): Pick<FakeSetup['storage'], 'next'> =>
  name === 'network' ? setup.networks : setup[name];

describe('for every account and every course of things', () => {
  const part = fc.constantFrom('credentials', 'storage', 'network' as const);
  const course = fc.constantFrom('accept', 'accept-and-lose-answer', 'lose', 'be-late' as const);

  test('a second plan finds everything that the first run made, and no run makes anything twice', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(part, course), { maxLength: 6 }),
        fc.record({ keys: fc.constantFrom('none', 'managed', 'both'), reuse: fc.boolean() }),
        fc.boolean(),
        async (troubles, { keys, reuse }, someIsThere) => {
          const stand = provisioningStand();
          const { setup: account, registry } = stand;
          if (someIsThere) account.credentials.put({ id: 'old', name: 'old', roleArn: ROLE, createdAt: 0 });
          const wanted = { key: KEY_ARN, reuseKeyForClusterVolumes: reuse };
          const setup: WorkspaceSetup = {
            ...SETUP,
            ...(keys !== 'none' && { managedServicesKey: wanted }),
            ...(keys === 'both' && { storageKey: wanted }),
          };
          for (const [name, next] of troubles) {
            kind(account, name).next = next;
            await failureOf(ensure(setup, stand));
          }
          const { settings } = await ensure(setup, stand);
          const plan = planSetup(
            setup,
            {
              ...{ credentials: account.credentials.all, storage: account.storage.all, networks: account.networks.all },
              ...{ keyConfigurations: registry.configurations, workspace: undefined },
            },
            new Map([[KEY_ARN, KEY_ARN]]),
            '',
          );
          expect(plan).toMatchObject({ problems: [], isComplete: true, settings });
          expect(plan.configurations.map(({ kind: what }) => what)).not.toContain('create');
          const { credentials, storage, networks } = account;
          expect([credentials, storage, networks].map(({ all }) => all.length)).toEqual([1, 1, 1]);
          expect(registry.configurations).toHaveLength(keys === 'none' ? 0 : 1);
        },
      ),
      { numRuns: 60 },
    );
  });
});
