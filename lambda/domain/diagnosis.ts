import type { NetworkConfiguration } from './provisioning.ts';
import type { Workspace } from './workspace.ts';

/**
 * What is wrong with a workspace and what to try, in the order in which Databricks has it tried. Source: Databricks,
 * "Create a workspace using the Account API", troubleshooting.
 */
export function diagnose(workspace: Workspace, network: NetworkConfiguration | undefined): readonly string[] {
  const { id, name, status, statusMessage = '' } = workspace;
  const head = `workspace ${name} (${id}) is ${status}${statusMessage === '' ? '' : `; Databricks says: ${statusMessage}`}`;
  if (status === 'BANNED') return [head, 'Databricks has banned it: ask Databricks support.'];
  if (status !== 'FAILED') return [head, ...networkLines(network)];
  return [
    head,
    ...(/maximum number of addresses/i.test(statusMessage)
      ? [
          'The Region has no Elastic IP left for it: ask AWS for more (Service Quotas, EC2-VPC Elastic IPs), then go on.',
        ]
      : []),
    ...networkLines(network),
    'Mend what is said above in AWS: role, bucket, VPC, subnets, security groups, network ACLs.',
    'Then give it other configurations (PATCH /v1/workspaces/{id}, or replacements in the request), which sets it up again.',
    'If that does not help, delete the workspace, then its network configuration, and create both again.',
  ];
}

/** What each kind of finding is about. Source: as above, error_type and warning_type. */
const ABOUT: Readonly<Record<string, string>> = {
  credentials: 'the cross-account role',
  vpc: 'the VPC',
  subnet: 'a subnet',
  securityGroup: 'a security group',
  networkAcl: 'a network ACL',
};

function networkLines(network: NetworkConfiguration | undefined): readonly string[] {
  if (network === undefined) return [];
  const of = `network configuration ${network.name} (${network.id}, ${network.status})`;
  const about = (type: string): string => ABOUT[type] ?? type;
  return [
    ...network.errors.map(({ type, message }) => `${of}: error with ${about(type)}: ${message}`),
    ...network.warnings.map(({ type, message }) => `${of}: warning about ${about(type)}: ${message}`),
    ...(network.warnings.length > 0
      ? ['A firewall or NAT instance in place of a NAT gateway always makes a warning; that alone is no failure.']
      : []),
    ...(network.errors.length + network.warnings.length === 0 ? [`${of}: no errors and no warnings`] : []),
  ];
}
