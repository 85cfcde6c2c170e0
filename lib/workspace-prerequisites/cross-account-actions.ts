/**
 * What Databricks does to run clusters in a VPC that is there. Source: Databricks, "Permissions in cross-account IAM
 * roles" (customer-managed VPC, default restrictions), and the policy of its Terraform provider.
 */
const IN_ANY_VPC: readonly string[] = [
  ...['AssignPrivateIpAddresses', 'CreateTags', 'DeleteTags'],
  ...['RunInstances', 'TerminateInstances', 'DescribeInstances', 'DescribeInstanceStatus'],
  ...['AttachVolume', 'CreateVolume', 'DeleteVolume', 'DetachVolume', 'DescribeVolumes'],
  ...['AssociateIamInstanceProfile', 'DisassociateIamInstanceProfile', 'ReplaceIamInstanceProfileAssociation'],
  ...['DescribeIamInstanceProfileAssociations'],
  ...['AuthorizeSecurityGroupEgress', 'AuthorizeSecurityGroupIngress'],
  ...['RevokeSecurityGroupEgress', 'RevokeSecurityGroupIngress', 'DescribeSecurityGroups'],
  ...['CancelSpotInstanceRequests', 'RequestSpotInstances', 'DescribeSpotInstanceRequests'],
  ...['DescribeSpotPriceHistory', 'GetSpotPlacementScores', 'DescribeReservedInstancesOfferings'],
  ...['CreateFleet', 'DeleteFleets', 'ModifyFleet'],
  ...['DescribeFleets', 'DescribeFleetHistory', 'DescribeFleetInstances'],
  ...['CreateLaunchTemplate', 'DeleteLaunchTemplate', 'ModifyLaunchTemplate', 'GetLaunchTemplateData'],
  ...['CreateLaunchTemplateVersion', 'DeleteLaunchTemplateVersions'],
  ...['DescribeLaunchTemplates', 'DescribeLaunchTemplateVersions'],
  ...['DescribeAvailabilityZones', 'DescribeInternetGateways', 'DescribeNatGateways', 'DescribeNetworkAcls'],
  ...['DescribePrefixLists', 'DescribeRouteTables', 'DescribeSubnets', 'DescribeVpcAttribute', 'DescribeVpcs'],
];

/** And to make and remove a VPC. Source: the same page (Databricks-managed VPC). */
const OF_ITS_OWN_VPC: readonly string[] = [
  ...['CreateVpc', 'DeleteVpc', 'ModifyVpcAttribute', 'CreateVpcEndpoint', 'DeleteVpcEndpoints'],
  ...['CreateSubnet', 'DeleteSubnet', 'CreateSecurityGroup', 'DeleteSecurityGroup'],
  ...['CreateRoute', 'DeleteRoute', 'CreateRouteTable', 'DeleteRouteTable'],
  ...['AssociateRouteTable', 'DisassociateRouteTable'],
  ...['CreateInternetGateway', 'DeleteInternetGateway', 'AttachInternetGateway', 'DetachInternetGateway'],
  ...['CreateNatGateway', 'DeleteNatGateway', 'AllocateAddress', 'ReleaseAddress'],
  ...['CreateDhcpOptions', 'DeleteDhcpOptions', 'AssociateDhcpOptions'],
];

const inService = (actions: readonly string[]): readonly string[] => actions.map((action) => `ec2:${action}`);

/** EC2 actions of the cross-account role, by whose VPC the workspaces are in. */
export const EC2_ACTIONS = {
  databricks: inService([...IN_ANY_VPC, ...OF_ITS_OWN_VPC]),
  customer: inService(IN_ANY_VPC),
} as const;
