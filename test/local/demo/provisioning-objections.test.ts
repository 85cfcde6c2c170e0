import { describe, expect, test } from '@jest/globals';
import type { SimulatorState } from '../../../local/databricks/control.ts';
import { dryRunObjections, provisioningObjections } from '../../../local/demo/provisioning-objections.ts';

const ROLE = 'arn:aws:iam::111122223333:role/databricks';
const KEY = 'arn:aws:kms:us-west-2:111122223333:key/1';
const SUBNETS = ['subnet-1', 'subnet-2'];

const REQUEST = {
  workspaceName: 'science',
  credentials: { roleArn: ROLE },
  storage: { id: 's-1' },
  network: { vpcId: 'vpc-1', subnetIds: SUBNETS, securityGroupIds: ['sg-1'] },
  storageKey: { key: 'alias/databricks/demo' },
};

const NETWORK = { network_id: 'n-1', vpc_id: 'vpc-1', subnet_ids: SUBNETS, security_group_ids: ['sg-1'] };

const WORKSPACE = {
  ...{ id: '1', name: 'science', status: 'RUNNING' },
  references: {
    ...{ credentials_id: 'c-1', storage_configuration_id: 's-1', network_id: 'n-1' },
    storage_customer_managed_key_id: 'k-1',
  },
};

const BEFORE = {
  now: 1_000,
  credentials: [],
  storageConfigurations: [{ storage_configuration_id: 's-1', root_bucket_info: { bucket_name: 'root' } }],
  networks: [],
  keyConfigurations: [],
  workspaces: [],
  violations: [{ at: 1, text: 'an old one' }],
};

const AFTER = {
  ...BEFORE,
  credentials: [{ credentials_id: 'c-1', aws_credentials: { sts_role: { role_arn: ROLE } } }],
  networks: [NETWORK],
  keyConfigurations: [{ customer_managed_key_id: 'k-1', aws_key_info: { key_arn: KEY } }],
  workspaces: [WORKSPACE],
};

const judged = (change: object): readonly string[] =>
  provisioningObjections(
    { provision: REQUEST },
    {
      before: BEFORE as unknown as SimulatorState,
      after: { ...AFTER, ...change } as unknown as SimulatorState,
      keyArn: KEY,
    },
  );

describe('the simulated Databricks', () => {
  test('has nothing against a workspace that is what was asked for', () => {
    expect(judged({})).toEqual([]);
  });

  test.each([
    ['there is no workspace science', { workspaces: [] }],
    ['there is a second workspace science (2)', { workspaces: [WORKSPACE, { ...WORKSPACE, id: '2' }] }],
    ['workspace science is PROVISIONING', { workspaces: [{ ...WORKSPACE, status: 'PROVISIONING' }] }],
    ['the role is undefined', { credentials: [] }],
    ['the bucket is undefined', { workspaces: [{ ...WORKSPACE, references: {} }] }],
    ['the network is vpc-1,subnet-3,sg-1', { networks: [{ ...NETWORK, subnet_ids: ['subnet-3'] }] }],
    ['the network is vpc-2,', { networks: [{ ...NETWORK, vpc_id: 'vpc-2' }] }],
    ['sg-2, asked for was', { networks: [{ ...NETWORK, security_group_ids: ['sg-2'] }] }],
    [
      'the key for managed services is undefined',
      {
        workspaces: [
          { ...WORKSPACE, references: { ...WORKSPACE.references, managed_services_customer_managed_key_id: 'k-9' } },
        ],
      },
    ],
    ['the key for storage is undefined', { keyConfigurations: [] }],
    ['nobody uses networks n-2', { networks: [...AFTER.networks, { network_id: 'n-2' }] }],
    ['a rule was broken', { violations: [...BEFORE.violations, { at: 1_001, text: 'a rule was broken' }] }],
  ])('objects: %s', (wanted, change) => {
    expect(judged(change).join('\n')).toContain(wanted);
  });

  test('objects to a dry run that made something', () => {
    const [before, after] = [BEFORE, { ...BEFORE, networks: [NETWORK] }] as unknown as [SimulatorState, SimulatorState];
    expect(dryRunObjections(before, before)).toEqual([]);
    expect(dryRunObjections(before, after)).toEqual(['the dry run made networks n-1']);
  });

  test('objects to a workspace that was to go and is there', () => {
    const course = { before: AFTER, after: AFTER, keyArn: KEY } as unknown as Parameters<
      typeof provisioningObjections
    >[1];
    expect(provisioningObjections({ remove: { workspaceId: '1' } }, course)).toEqual(['workspace 1 is still there']);
    expect(provisioningObjections({ remove: { workspaceId: '2' } }, course)).toEqual([]);
  });
});
