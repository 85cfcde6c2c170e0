import { describe, expect, test } from '@jest/globals';
import { adoptable } from '../../lambda/domain/adoption.ts';
import type { Workspace } from '../../lambda/domain/workspace.ts';

const SETTINGS = {
  credentialsId: 'cred-1',
  storageConfigurationId: 'store-1',
  networkId: 'net-1',
  managedServicesKeyId: 'key-1',
  storageKeyId: 'key-1',
};
const REQUEST = { workspaceName: 'analytics', region: 'us-west-2' };

const workspace = (change: Partial<Workspace> = {}): Workspace => ({
  ...{ id: '1', name: 'analytics', deploymentName: 'acme-analytics', region: 'us-west-2', status: 'RUNNING' },
  ...SETTINGS,
  ...change,
});
const id = { credentials: { id: 'cred-2' }, storage: { id: 'store-2' }, network: { id: 'net-2' } };

describe('the workspace of a name', () => {
  test('is neither found nor in the way where there is none', () => {
    expect(adoptable(REQUEST, SETTINGS, [])).toEqual({});
    expect(
      adoptable(REQUEST, SETTINGS, [workspace({ name: 'Analytics' }), workspace({ name: 'analytics-2' })]),
    ).toEqual({});
  });

  test.each(['RUNNING', 'PROVISIONING', 'NOT_PROVISIONED', 'FAILED', 'BANNED', 'SOMETHING_NEW'])(
    'is found while it is %s',
    (status) => {
      const found = workspace({ status });
      expect(adoptable(REQUEST, SETTINGS, [workspace({ id: '2', name: 'other' }), found])).toEqual({ found });
    },
  );

  test.each(['CANCELLING', 'CANCELLED'])('does not count while it is %s', (status) => {
    const leaving = workspace({ id: '2', status });
    expect(adoptable(REQUEST, SETTINGS, [leaving])).toEqual({});
    const found = workspace();
    expect(adoptable(REQUEST, SETTINGS, [leaving, found])).toEqual({ found });
  });

  test('is nobody’s to choose where several have it, each as it was asked for', () => {
    const { found, problem } = adoptable(REQUEST, SETTINGS, [
      workspace(),
      workspace({ id: '2' }),
      workspace({ id: '3' }),
    ]);
    expect(found).toBeUndefined();
    expect(problem).toBe("workspaceName: found 'analytics', which 3 workspaces have (1, 2, 3); wanted one, or none");
  });
});

describe('a workspace that differs', () => {
  test.each([
    [{ region: 'us-east-1' }, 'region is us-east-1, wanted us-west-2'],
    [{ credentialsId: 'cred-2' }, 'credentials is cred-2, wanted cred-1'],
    [{ storageConfigurationId: 'store-2' }, 'storage configuration is store-2, wanted store-1'],
    [{ networkId: 'net-2' }, 'network is net-2, wanted net-1'],
    [{ managedServicesKeyId: 'key-2' }, 'managed services key is key-2, wanted key-1'],
    [{ storageKeyId: 'key-2' }, 'storage key is key-2, wanted key-1'],
  ] as const)('as by %j is told with what it has and what was wanted', (change, words) => {
    const { found, problem } = adoptable(REQUEST, SETTINGS, [workspace(change)]);
    expect(found).toBeUndefined();
    expect(problem).toMatch(/^workspaceName: workspace 'analytics' \(1\) is there and differs: /);
    expect(problem).toContain(words);
  });

  test('in everything is told of everything at once', () => {
    const other = workspace({ region: 'eu-west-1', networkId: 'n', storageKeyId: 'k', credentialsId: 'c' });
    expect(adoptable(REQUEST, SETTINGS, [other]).problem?.split('; ')).toHaveLength(4);
  });

  test('by having what was not asked for, or lacking what was', () => {
    const { networkId: _networkId, ...without } = SETTINGS;
    expect(adoptable(REQUEST, without, [workspace()]).problem).toContain('network is net-1, wanted none');
    const bare = { ...workspace(), networkId: undefined };
    expect(adoptable(REQUEST, SETTINGS, [bare as unknown as Workspace]).problem).toContain(
      'network is none, wanted net-1',
    );
  });
});

describe('the deployment name', () => {
  test.each([
    ['analytics', 'analytics'],
    ['analytics', 'acme-analytics'],
    ['Analytics', 'ACME-analytics'],
    ['EMPTY', 'acme'],
    [undefined, 'dbc-0123'],
  ])('%p fits %s', (deploymentName, shown) => {
    const found = workspace({ deploymentName: shown });
    const asked = { ...REQUEST, ...(deploymentName !== undefined && { deploymentName }) };
    expect(adoptable(asked, SETTINGS, [found])).toEqual({ found });
  });

  test.each([
    ['analytics', 'acme-analytics-2'],
    ['analytics', 'acmeanalytics'],
    ['analytics', 'dbc-0123'],
    ['acme-analytics', 'analytics'],
  ])('%s does not fit %s', (deploymentName, shown) => {
    const { problem } = adoptable({ ...REQUEST, deploymentName }, SETTINGS, [workspace({ deploymentName: shown })]);
    expect(problem).toContain(`deployment name is ${shown}, wanted ${deploymentName}`);
  });
});

describe('what else was asked for', () => {
  test.each([
    ['privateAccessSettingsId', 'private access settings', 'pas-1', 'pas-2'],
    ['pricingTier', 'pricing tier', 'ENTERPRISE', 'PREMIUM'],
  ] as const)(
    'as %s is told where it differs, and taken as it is where nothing was asked',
    (field, words, one, two) => {
      const found = workspace({ [field]: one });
      expect(adoptable({ ...REQUEST, [field]: one }, SETTINGS, [found])).toEqual({ found });
      expect(adoptable(REQUEST, SETTINGS, [found])).toEqual({ found });
      const { problem } = adoptable({ ...REQUEST, [field]: two }, SETTINGS, [found]);
      expect(problem).toContain(`${words} is ${one}, wanted ${two}`);
    },
  );

  test('is told where the workspace has no private access settings at all', () => {
    const { problem } = adoptable({ ...REQUEST, privateAccessSettingsId: 'pas-1' }, SETTINGS, [workspace()]);
    expect(problem).toContain('private access settings is none, wanted pas-1');
  });
});

describe('replacements that an earlier run has applied', () => {
  test.each([
    ['network', 'networkId'],
    ['credentials', 'credentialsId'],
    ['storage', 'storageConfigurationId'],
  ] as const)('of the %s do not make it another workspace', (part, setting) => {
    const found = workspace({ [setting]: 'replaced' });
    const asked = { ...REQUEST, replacements: { [part]: id[part] } };
    expect(adoptable(asked, SETTINGS, [found])).toEqual({ found });
    expect(adoptable(REQUEST, SETTINGS, [found]).problem).toContain('differs');
  });

  test('leave every other difference in the way', () => {
    const asked = { ...REQUEST, replacements: { network: { id: 'net-2' } } };
    const { problem } = adoptable(asked, SETTINGS, [workspace({ networkId: 'net-2', storageKeyId: 'key-9' })]);
    expect(problem).toContain('storage key is key-9');
    expect(problem).not.toContain('network');
  });
});
