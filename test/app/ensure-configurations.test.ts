import { beforeEach, describe, expect, test } from '@jest/globals';
import { nameLease } from '../../lambda/app/create-workspace.ts';
import { ensureConfigurations } from '../../lambda/app/ensure-configurations.ts';
import { FAILURE } from '../../lambda/contract/failures.ts';
import type { WorkspaceSetup } from '../../lambda/contract/provisioning.ts';
import { AutomationError } from '../../lambda/domain/failure.ts';
import { type FakeSetup, failureOf, SETUP } from './fake-account.ts';
import { FakeWorkspaces, KEY_ARN, workspace } from './fakes.ts';
import { type ProvisioningStand, provisioningStand, RUN } from './provisioning-stand.ts';

let bench: ProvisioningStand;
beforeEach(() => {
  bench = provisioningStand();
});

const ensure = (setup: Partial<WorkspaceSetup>, workspaceId: string | null = null, ports = bench) =>
  ensureConfigurations({ provisioningId: RUN, workspaceName: 'prod', setup, workspaceId }, ports);
const key = { key: KEY_ARN, reuseKeyForClusterVolumes: false };

describe('the configurations of a workspace', () => {
  test('are made where they are not there, in their order, and told', async () => {
    const answer = await ensure({ ...SETUP, managedServicesKey: key, storageKey: key });
    expect(answer).toEqual({
      settings: {
        ...{ credentialsId: 'made-1', storageConfigurationId: 'made-1', networkId: 'made-1' },
        ...{ managedServicesKeyId: 'c1', storageKeyId: 'c1' },
      },
      created: [
        "credential configuration 'prod-credentials'",
        "storage configuration 'prod-storage'",
        "network configuration 'prod-network'",
        `key configuration for ${KEY_ARN}`,
      ],
      ownNetworkId: 'made-1',
      calls: 3,
    });
  });

  test('are made once, however often they are asked for', async () => {
    const setup = { ...SETUP, managedServicesKey: key, storageKey: key };
    const { settings } = await ensure(setup);
    expect(await ensure(setup)).toEqual({ settings, created: [], ownNetworkId: 'made-1', calls: 3 });
    const { credentials, storage, networks } = bench.setup;
    expect([credentials, storage, networks].map(({ asked }) => asked)).toEqual([1, 1, 1]);
    expect(bench.registry.configurations).toHaveLength(1);
  });

  test('are left out where they are not asked for, and taken by id where one is given', async () => {
    bench.setup.networks.put({
      ...{ ...SETUP.network, id: 'net-9', status: 'UNATTACHED', errors: [], warnings: [] },
    });
    expect((await ensure({ network: { id: 'net-9' }, storageKey: { id: 'key-9' } })).settings).toEqual({
      networkId: 'net-9',
      storageKeyId: 'key-9',
    });
  });

  test('are two for two keys', async () => {
    const other = { key: 'alias/other', reuseKeyForClusterVolumes: true };
    bench.keys.aliases.set('alias/other', {
      ...(await bench.keys.describe(KEY_ARN)),
      arn: `${KEY_ARN}-2`,
    });
    const { settings } = await ensure({ managedServicesKey: key, storageKey: other });
    expect(settings).toEqual({ managedServicesKeyId: 'c1', storageKeyId: 'c2' });
    expect(bench.registry.configurations).toMatchObject([
      { useCases: ['MANAGED_SERVICES'], reuseKeyForClusterVolumes: false },
      { useCases: ['STORAGE'], reuseKeyForClusterVolumes: true, keyAlias: 'alias/other' },
    ]);
  });
});

const KINDS = [
  ['credentials', 'credentialsId'],
  ['storage', 'storageConfigurationId'],
  ['network', 'networkId'],
] as const;

/** The configurations of one kind, as far as all kinds have them in common. */
const kind = (name: (typeof KINDS)[number][0]): Pick<FakeSetup['storage'], 'next' | 'limit' | 'asked'> =>
  name === 'network' ? bench.setup.networks : bench.setup[name];

describe.each(KINDS)('the %s', (name, setting) => {
  const setup = { [name]: SETUP[name] } as Partial<WorkspaceSetup>;

  test('whose answer was lost is looked up, counts as made, and is not made again', async () => {
    kind(name).next = 'accept-and-lose-answer';
    const { settings, created } = await ensure(setup);
    expect([settings, created]).toEqual([{ [setting]: 'made-1' }, [expect.stringContaining(`prod-${name}`)]]);
    expect(kind(name).asked).toBe(1);
  });

  test('that was never made leaves it open, and the next try makes it', async () => {
    kind(name).next = 'lose';
    expect((await failureOf(ensure(setup))).name).toBe(FAILURE.databricksOutcomeUnknown);
    expect((await ensure(setup)).settings).toEqual({ [setting]: 'made-2' });
  });

  test('that somebody else makes at the same moment serves', async () => {
    kind(name).next = 'be-late';
    expect((await ensure(setup)).settings).toEqual({ [setting]: 'other-1' });
  });

  test('is refused where the account has no room, with the limit', async () => {
    kind(name).limit = 0;
    const failure = await failureOf(ensure(setup));
    expect(failure).toEqual({ name: FAILURE.accountLimitReached, message: 'only 0 are allowed' });
    expect(kind(name).asked).toBe(1);
  });

  test.each([FAILURE.credentialsNotReady, FAILURE.databricksThrottled, FAILURE.databricksPermissionDenied])(
    'that failed with %s is left to the state machine',
    async (failure) => {
      kind(name).next = new AutomationError(failure, 'no');
      expect((await failureOf(ensure(setup))).name).toBe(failure);
      expect(kind(name).asked).toBe(1);
    },
  );
});

describe('a name that stands for something else', () => {
  test('is refused before anything is made of it', async () => {
    bench.setup.storage.put({ id: 's-1', name: 'prod-storage', bucket: 'other', createdAt: 0 });
    const { name, message } = await failureOf(ensure(SETUP));
    expect(name).toBe(FAILURE.provisioningRefused);
    expect(message).toMatch(
      /^storage\.name: found 'prod-storage', which is the storage configuration for bucket other/,
    );
    expect(bench.setup.storage.asked).toBe(0);
  });

  test('is refused also where somebody else took it at this moment', async () => {
    const { storage } = bench.setup;
    const create = storage.create.bind(storage);
    storage.create = (wanted) => {
      storage.put({ id: 's-1', name: wanted.name, bucket: 'other', createdAt: 0 });
      return create(wanted);
    };
    const { name, message } = await failureOf(ensure({ storage: SETUP.storage }));
    expect([name, message]).toEqual([FAILURE.provisioningRefused, expect.stringContaining('bucket other')]);
  });
});

describe('the network of a workspace that is there', () => {
  test('is used by that workspace, and made anew for another', async () => {
    bench.setup.networks.put({
      ...{ ...SETUP.network, name: 'its own', id: 'net-1', workspaceId: '7' },
      ...{ status: 'BROKEN', errors: [], warnings: [] },
    });
    expect((await ensure({ network: SETUP.network }, '7')).settings).toEqual({ networkId: 'net-1' });
    expect((await ensure({ network: SETUP.network }, '8')).settings).toEqual({ networkId: 'made-1' });
  });
});

describe('the network that may be deleted with the workspace', () => {
  const own = async (network: WorkspaceSetup['network'], workspaceName = 'prod') => {
    const setup = network === undefined ? {} : { network };
    return (await ensureConfigurations({ provisioningId: RUN, workspaceName, setup, workspaceId: null }, bench))
      .ownNetworkId;
  };
  const found = (id: string) =>
    bench.setup.networks.put({ ...SETUP.network, id, status: 'UNATTACHED', errors: [], warnings: [] });

  test('is one that was made for it, by this run or an earlier one', async () => {
    expect([await own(SETUP.network), await own(SETUP.network)]).toEqual(['made-1', 'made-1']);
  });

  test('is one whose answer was lost', async () => {
    bench.setup.networks.next = 'accept-and-lose-answer';
    expect(await own(SETUP.network)).toBe('made-1');
  });

  test('is none that was there, found by its VPC', async () => {
    found('net-9');
    expect([await own(SETUP.network), bench.setup.networks.asked]).toEqual([null, 0]);
  });

  test('is none that somebody else made at the same moment', async () => {
    bench.setup.networks.next = 'be-late';
    expect(await own(SETUP.network)).toBeNull();
  });

  test('is none that was made for a workspace of another name', async () => {
    await own(SETUP.network, 'first');
    expect(await own(SETUP.network, 'second')).toBeNull();
  });

  test('is none that is given by its id, even if it was made here', async () => {
    await own(SETUP.network);
    expect(await own({ id: 'made-1' })).toBeNull();
  });

  test('is none where Databricks makes the VPC', async () => {
    expect(await own(undefined)).toBeNull();
  });
});

describe('the name of the workspace', () => {
  test('is leased before anything is made', async () => {
    await ensure({});
    expect(bench.leases.held.get(nameLease('prod'))).toMatchObject({ owner: RUN });
  });

  test('that another provisioning works on is waited for by the state machine', async () => {
    await bench.leases.take(nameLease('prod'), 'other', Date.parse('2026-05-20T20:01:00Z'));
    expect((await failureOf(ensure(SETUP))).name).toBe(FAILURE.workspaceLeased);
    expect(bench.setup.credentials.asked).toBe(0);
  });

  test('that another provisioning gave to a workspace meanwhile lets its network serve', async () => {
    const network = { ...SETUP.network, id: 'net-1', workspaceId: '7', status: 'VALID', errors: [], warnings: [] };
    bench.setup.networks.put(network);
    const workspaces = new FakeWorkspaces(workspace('7', { name: 'prod' }));
    const { settings } = await ensure({ network: SETUP.network }, null, { ...bench, workspaces });
    expect(settings).toEqual({ networkId: 'net-1' });
  });
});

describe('a key', () => {
  test('that another execution registers at this moment is waited for by the state machine', async () => {
    await bench.leases.take(`key-registration/${KEY_ARN}`, 'other', Date.parse('2026-05-20T20:01:00Z'));
    expect((await failureOf(ensure({ storageKey: key }))).name).toBe(FAILURE.registrationInProgress);
    expect(bench.registry.configurations).toEqual([]);
  });

  test('whose answer was lost is registered once', async () => {
    bench.registry.loseNextAnswer = true;
    expect((await ensure({ storageKey: key })).settings).toEqual({ storageKeyId: 'c1' });
    expect(bench.registry.configurations).toHaveLength(1);
  });
});
