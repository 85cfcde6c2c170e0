import { describe, expect, test } from '@jest/globals';
import { diagnose } from '../../lambda/domain/diagnosis.ts';
import type { NetworkConfiguration } from '../../lambda/domain/provisioning.ts';
import type { Workspace } from '../../lambda/domain/workspace.ts';

const workspace = (change: Partial<Workspace> = {}): Workspace => ({
  ...{ id: '7', name: 'prod', deploymentName: 'dbc-7', region: 'us-west-2', status: 'FAILED' },
  ...change,
});
const network = (change: Partial<NetworkConfiguration> = {}): NetworkConfiguration => ({
  ...{ id: 'net-1', name: 'prod-network', vpcId: 'vpc-1', subnetIds: [], securityGroupIds: [] },
  ...{ status: 'BROKEN', errors: [], warnings: [], workspaceId: '7' },
  ...change,
});
const OF = 'network configuration prod-network (net-1, BROKEN)';

describe('the diagnosis of a workspace that FAILED', () => {
  test('goes in the order that Databricks gives: its message, AWS, new configurations, delete and create again', () => {
    const statusMessage = 'The maximum number of addresses has been reached.';
    const errors = [{ type: 'subnet', message: 'no route' }];
    const lines = diagnose(workspace({ statusMessage }), network({ errors }));
    const order = [
      `Databricks says: ${statusMessage}`,
      'Elastic IP',
      'error with a subnet: no route',
      'Mend what is said above in AWS',
      'PATCH /v1/workspaces/{id}',
      'delete the workspace, then its network configuration',
    ];
    expect(lines.map((line, at) => line.includes(order[at] ?? ''))).toEqual(order.map(() => true));
  });

  test('speaks of addresses only where Databricks does', () => {
    expect(diagnose(workspace({ statusMessage: 'the MAXIMUM number of addresses' }), undefined).join()).toContain(
      'Elastic IP',
    );
    expect(diagnose(workspace({ statusMessage: 'Network misconfigured.' }), undefined).join()).not.toContain('Elastic');
  });

  test.each([
    ['credentials', 'the cross-account role'],
    ['vpc', 'the VPC'],
    ['subnet', 'a subnet'],
    ['securityGroup', 'a security group'],
    ['networkAcl', 'a network ACL'],
    ['somethingNew', 'somethingNew'],
  ])('says what an error of type %s is about', (type, words) => {
    const lines = diagnose(workspace(), network({ errors: [{ type, message: 'what is wrong' }] }));
    expect(lines).toContain(`${OF}: error with ${words}: what is wrong`);
  });

  test.each([
    ['subnet', 'a subnet'],
    ['securityGroup', 'a security group'],
    ['somethingNew', 'somethingNew'],
  ])('says what a warning of type %s is about, and that it alone is no failure', (type, words) => {
    const lines = diagnose(workspace(), network({ warnings: [{ type, message: 'odd' }] }));
    const at = lines.indexOf(`${OF}: warning about ${words}: odd`);
    expect(at).toBeGreaterThan(0);
    expect(lines[at + 1]).toContain('firewall or NAT instance');
  });

  test('names every finding, errors first', () => {
    const errors = [
      { type: 'vpc', message: 'one' },
      { type: 'subnet', message: 'two' },
    ];
    const lines = diagnose(workspace(), network({ errors, warnings: [{ type: 'subnet', message: 'three' }] }));
    expect(lines.flatMap((line) => /(?:one|two|three)$/.exec(line) ?? [])).toEqual(['one', 'two', 'three']);
  });

  test('says that nothing was found, so that people look elsewhere', () => {
    expect(diagnose(workspace(), network({ status: 'VALID' }))).toContain(
      'network configuration prod-network (net-1, VALID): no errors and no warnings',
    );
  });
});

describe('the diagnosis of any other workspace', () => {
  test('that is BANNED sends people to Databricks and nowhere else', () => {
    expect(diagnose(workspace({ status: 'BANNED', statusMessage: 'Banned.' }), network())).toEqual([
      'workspace prod (7) is BANNED; Databricks says: Banned.',
      'Databricks has banned it: ask Databricks support.',
    ]);
  });

  test.each(['RUNNING', 'PROVISIONING', 'SOMETHING_NEW'])('that is %s tells how it is, and its network', (status) => {
    expect(diagnose(workspace({ status }), undefined)).toEqual([`workspace prod (7) is ${status}`]);
    const warnings = [{ type: 'subnet', message: 'odd' }];
    expect(diagnose(workspace({ status }), network({ status: 'WARNED', warnings }))).toHaveLength(3);
  });
});
