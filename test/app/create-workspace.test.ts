import { describe, expect, test } from '@jest/globals';
import { createWorkspace, nameLease } from '../../lambda/app/create-workspace.ts';
import { workspaceLease } from '../../lambda/app/take-lease.ts';
import { FAILURE } from '../../lambda/contract/failures.ts';
import type { ProvisioningRequest } from '../../lambda/contract/provisioning.ts';
import { AutomationError } from '../../lambda/domain/failure.ts';
import { failureOf } from './fake-account.ts';
import { FakeProvenance } from './fake-state.ts';
import { ROLLOUT, workspace } from './fakes.ts';
import { OTHER_RUN, type ProvisioningStand, provisioningStand, REQUEST, RUN } from './provisioning-stand.ts';

const SETTINGS = { credentialsId: 'cred', storageConfigurationId: 'store', networkId: 'net' };
const THERE = workspace('7', { ...SETTINGS, name: 'prod', deploymentName: 'dbc-7' });

const create = (stand: ProvisioningStand, change: Partial<ProvisioningRequest> = {}, provisioningId = RUN) =>
  createWorkspace({ provisioningId, request: { ...REQUEST, ...change }, settings: SETTINGS }, stand);

describe('a workspace that is not there', () => {
  test('is created as it was asked for, and is leased from then on', async () => {
    const stand = provisioningStand();
    const more = {
      ...{ deploymentName: 'prod', pricingTier: 'ENTERPRISE', privateAccessSettingsId: 'pas' },
      customTags: { Organization: 'Marketing' },
    };
    expect(await create(stand, more)).toEqual({
      ...{ workspaceId: '101', deploymentName: 'acme-prod', created: true, calls: 3 },
    });
    expect(stand.factory.asked).toEqual([{ ...SETTINGS, ...more, name: 'prod', region: 'us-west-2' }]);
    const until = stand.clock() + 60 * 60_000;
    expect([...stand.leases.held]).toEqual([
      [nameLease('prod'), { owner: RUN, until }],
      [workspaceLease('101'), { owner: RUN, until }],
    ]);
  });

  test('is asked for without what was not asked for', async () => {
    const stand = provisioningStand();
    await create(stand);
    expect(Object.keys(stand.factory.asked[0] ?? {}).toSorted()).toEqual(
      [...Object.keys(SETTINGS), 'name', 'region'].toSorted(),
    );
  });

  test('is created beside one of its name that is on its way out', async () => {
    const stand = provisioningStand(workspace('7', { name: 'prod', status: 'CANCELLING' }));
    expect(await create(stand)).toMatchObject({ workspaceId: '101', created: true });
  });
});

describe('a workspace that is there', () => {
  test('is adopted, leased and not created again', async () => {
    const stand = provisioningStand(THERE);
    expect(await create(stand)).toMatchObject({ workspaceId: '7', deploymentName: 'dbc-7', created: false });
    expect(stand.factory.asked).toEqual([]);
    expect(stand.leases.held.get(workspaceLease('7'))).toMatchObject({ owner: RUN });
  });

  test.each([
    ['differs', [workspace('7', { ...THERE, networkId: 'other' })], 'network is other, wanted net'],
    ['has its name with another', [THERE, { ...THERE, id: '8' }], 'which 2 workspaces have (7, 8)'],
  ])('is refused where it %s, and nothing is created', async (_what, all, words) => {
    const stand = provisioningStand(...all);
    const { name, message } = await failureOf(create(stand));
    expect([name, message]).toEqual([FAILURE.provisioningRefused, expect.stringContaining(words)]);
    expect(stand.factory.asked).toEqual([]);
  });

  test('is found by the step that runs again after a crash', async () => {
    const stand = provisioningStand();
    await create(stand);
    expect(await create(stand)).toMatchObject({ workspaceId: '101' });
    expect(stand.factory.asked).toHaveLength(1);
  });
});

describe('a creation', () => {
  test.each(['accept-and-lose-answer', 'be-late'] as const)('that goes %p is looked up', async (next) => {
    const stand = provisioningStand();
    stand.factory.next = next;
    expect(await create(stand)).toMatchObject({ workspaceId: '101', created: true });
    expect(stand.factory.asked).toHaveLength(1);
    expect(stand.workspaces.all.size).toBe(1);
  });

  test('that was lost on its way is left open, and the next try creates it', async () => {
    const stand = provisioningStand();
    stand.factory.next = 'lose';
    expect((await failureOf(create(stand))).name).toBe(FAILURE.databricksOutcomeUnknown);
    expect(await create(stand)).toMatchObject({ created: true });
    expect(stand.workspaces.all.size).toBe(1);
  });

  test.each([
    FAILURE.credentialsNotReady,
    FAILURE.deploymentNameRefused,
    FAILURE.configurationInUse,
    FAILURE.keyConfigurationUnfit,
    FAILURE.accountLimitReached,
    FAILURE.awsLimitReached,
    FAILURE.databricksThrottled,
  ])('that failed with %s fails with it, once', async (failure) => {
    const stand = provisioningStand();
    stand.factory.next = new AutomationError(failure, 'why');
    expect(await failureOf(create(stand))).toEqual({ name: failure, message: 'why' });
    expect(stand.factory.asked).toHaveLength(1);
  });
});

describe('the record that a provisioning made it', () => {
  const isKnown = (stand: ProvisioningStand, id: string) => stand.provenance.isMadeFor(`workspace/${id}`, 'prod');

  test.each(['accept', 'accept-and-lose-answer'] as const)('is written after a creation that goes %p', async (next) => {
    const stand = provisioningStand();
    stand.factory.next = next;
    const { workspaceId } = await create(stand);
    expect(await isKnown(stand, workspaceId)).toBe(true);
  });

  test('is not written for one that was there, or that somebody else made at the same moment', async () => {
    const there = provisioningStand(THERE);
    await create(there);
    const late = provisioningStand();
    late.factory.next = 'be-late';
    await create(late);
    expect([...there.provenance.known, ...late.provenance.known]).toEqual([]);
  });

  test('is missing after a crash between the creation and the record: in doubt it was somebody else', async () => {
    const stand = provisioningStand();
    const note = () => Promise.reject(new Error('the process ended'));
    const crashing = { ...stand, provenance: Object.assign(new FakeProvenance(), { note }) };
    await expect(create(crashing)).rejects.toThrow('the process ended');
    const { workspaceId } = await create(stand);
    expect([stand.factory.asked.length, await isKnown(stand, workspaceId)]).toEqual([1, false]);
  });
});

describe('somebody else at work', () => {
  test('on the name keeps a second provisioning from creating, and is named', async () => {
    const stand = provisioningStand();
    await stand.leases.take(nameLease('prod'), OTHER_RUN, stand.clock() + 60_000);
    const { name, message } = await failureOf(create(stand));
    expect(name).toBe(FAILURE.workspaceLeased);
    expect(message).toBe(
      `${OTHER_RUN} works on workspace-name/prod until 2026-05-20T20:01:00.000Z at the latest; wait for its end, or cancel it`,
    );
    expect(stand.factory.asked).toEqual([]);
    stand.time.pass(2);
    expect(await create(stand)).toMatchObject({ created: true });
  });

  test('on the workspace, such as a rollout, keeps it from being adopted', async () => {
    const stand = provisioningStand(THERE);
    await stand.leases.take(workspaceLease('7'), ROLLOUT, stand.clock() + 60_000);
    const { name, message } = await failureOf(create(stand));
    expect([name, message]).toEqual([FAILURE.workspaceLeased, expect.stringContaining(ROLLOUT)]);
  });

  test('on another name is nobody’s concern', async () => {
    const stand = provisioningStand();
    await create(stand, { workspaceName: 'science' }, OTHER_RUN);
    expect(await create(stand)).toMatchObject({ created: true });
  });

  test('at the same moment: of two with one name only one creates', async () => {
    const stand = provisioningStand();
    const ends = await Promise.all([failureOf(create(stand)), failureOf(create(stand, {}, OTHER_RUN))]);
    expect(ends.map(({ name }) => name).toSorted()).toEqual([FAILURE.workspaceLeased, 'none']);
    expect(stand.factory.asked).toHaveLength(1);
  });
});
