import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { WantedNetwork } from '../../lambda/contract/provisioning.ts';
import type { NetworkConfiguration } from '../../lambda/domain/provisioning.ts';
import { CREDENTIALS, choose, networkFor, STORAGE } from '../../lambda/domain/setup-match.ts';

const ROLE = 'arn:aws:iam::111122223333:role/databricks';
const credential = (id: string, name: string, roleArn = ROLE) => ({ id, name, roleArn, createdAt: 0 });
const bucket = (id: string, name: string, of: string) => ({ id, name, bucket: of, createdAt: 0 });

const WANTED: WantedNetwork = {
  name: 'prod-network',
  vpcId: 'vpc-1',
  subnetIds: ['subnet-1', 'subnet-2', 'subnet-3'],
  securityGroupIds: ['sg-1', 'sg-2'],
};
const network = (change: Partial<NetworkConfiguration> = {}): NetworkConfiguration => ({
  ...WANTED,
  ...{ id: 'net-1', status: 'UNATTACHED', errors: [], warnings: [] },
  ...change,
});

describe('a configuration by its id', () => {
  test('is the one of that id, whatever its name', () => {
    const all = [credential('a', 'one'), credential('b', 'two')];
    expect(choose(all, { id: 'b' }, CREDENTIALS)).toEqual({ kind: 'use', id: 'b', name: 'two' });
  });

  test.each([
    ['credentials', CREDENTIALS, 'credential configuration'],
    ['storage', STORAGE, 'storage configuration'],
    ['network', networkFor(null), 'network configuration'],
  ] as const)('that is not there is told with its path: %s', (of, matching, words) => {
    const choice = choose([], { id: 'nowhere' }, matching as typeof CREDENTIALS);
    expect(choice).toEqual({
      kind: 'clash',
      problem: `${of}.id: found 'nowhere', wanted the id of a ${words} of the account`,
    });
  });
});

describe('a configuration by what it has to be', () => {
  const wanted = { name: 'prod', roleArn: ROLE };

  test('is to be made where there is none', () => {
    expect(choose([], wanted, CREDENTIALS)).toEqual({ kind: 'create', wanted });
    expect(choose([credential('a', 'other', `${ROLE}-2`)], wanted, CREDENTIALS)).toEqual({ kind: 'create', wanted });
  });

  test('is the same one under another name', () => {
    expect(choose([credential('a', 'other')], wanted, CREDENTIALS)).toEqual({ kind: 'use', id: 'a', name: 'other' });
  });

  test('is the one of its own name first', () => {
    const all = [credential('a', 'other'), credential('b', 'prod'), credential('c', 'third')];
    expect(choose(all, wanted, CREDENTIALS)).toEqual({ kind: 'use', id: 'b', name: 'prod' });
  });

  test('is the same one under another name, even where its own name stands for something else', () => {
    const all = [credential('a', 'prod', `${ROLE}-2`), credential('b', 'other')];
    expect(choose(all, wanted, CREDENTIALS)).toEqual({ kind: 'use', id: 'b', name: 'other' });
  });

  test.each([
    [
      choose([credential('a', 'prod', `${ROLE}-2`)], wanted, CREDENTIALS),
      `credentials.name: found 'prod', which is the credential configuration for role ${ROLE}-2; wanted another name, or what it stands for`,
    ],
    [
      choose([bucket('a', 'prod', 'old-root')], { name: 'prod', bucket: 'new-root' }, STORAGE),
      "storage.name: found 'prod', which is the storage configuration for bucket old-root; wanted another name, or what it stands for",
    ],
    [
      choose([network({ vpcId: 'vpc-2' })], WANTED, networkFor(null)),
      "network.name: found 'prod-network', which is the network configuration for VPC vpc-2; wanted another name, or what it stands for",
    ],
    [
      choose([network({ workspaceId: '7' })], WANTED, networkFor(null)),
      "network.name: found 'prod-network', which is the network configuration for VPC vpc-1 and workspace 7; wanted another name, or what it stands for",
    ],
  ] as const)('clashes with one of its name that stands for something else', (choice, problem) => {
    expect(choice).toEqual({ kind: 'clash', problem });
  });
});

describe('a network', () => {
  const choiceOf = (one: NetworkConfiguration, workspaceId: string | null = null) =>
    choose([one], { ...WANTED, name: 'another name' }, networkFor(workspaceId)).kind;

  test('is the same with its parts in any order', () => {
    fc.assert(
      fc.property(
        fc.shuffledSubarray([...WANTED.subnetIds], { minLength: 3 }),
        fc.shuffledSubarray([...WANTED.securityGroupIds], { minLength: 2 }),
        (subnetIds, securityGroupIds) => {
          expect(choiceOf(network({ subnetIds, securityGroupIds }))).toBe('use');
        },
      ),
    );
  });

  test.each([
    ['another VPC', { vpcId: 'vpc-2' }],
    ['a subnet less', { subnetIds: ['subnet-1', 'subnet-2'] }],
    ['a subnet more', { subnetIds: [...WANTED.subnetIds, 'subnet-4'] }],
    ['another security group', { securityGroupIds: ['sg-1', 'sg-3'] }],
    ['endpoints for PrivateLink', { vpcEndpoints: { restApi: ['e-1'], dataplaneRelay: ['e-2'] } }],
    ['another workspace in it', { workspaceId: '7' }],
    ['faults, and nobody in it', { status: 'BROKEN' }],
  ] as const)('is another one with %s', (_what, change) => {
    expect(choiceOf(network(change))).toBe('create');
  });

  test.each(['UNATTACHED', 'VALID', 'WARNED', 'SOMETHING_NEW'])('that is %s is used', (status) => {
    expect(choiceOf(network({ status }))).toBe('use');
  });

  test('is used by the workspace that is in it, even where it is BROKEN', () => {
    expect(choiceOf(network({ workspaceId: '7', status: 'BROKEN' }), '7')).toBe('use');
    expect(choiceOf(network({ workspaceId: '7' }), '8')).toBe('create');
  });

  test('is the same only with the same endpoints for PrivateLink', () => {
    const vpcEndpoints = { restApi: ['e-1'], dataplaneRelay: ['e-2'] };
    const wanted = { ...WANTED, vpcEndpoints };
    const matching = networkFor(null);
    expect(choose([network({ vpcEndpoints })], wanted, matching).kind).toBe('use');
    for (const other of [
      { ...vpcEndpoints, restApi: ['e-9'] },
      { ...vpcEndpoints, dataplaneRelay: ['e-9'] },
    ]) {
      expect(choose([network({ vpcEndpoints: other })], wanted, matching).kind).toBe('clash');
    }
    expect(choose([network()], wanted, matching).kind).toBe('clash');
  });
});
