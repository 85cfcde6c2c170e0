/** Where the fault of a network is: documented as "credentials, VPC, subnet, security group, or network ACL". */
export const NETWORK_ERROR_TYPES = ['credentials', 'vpc', 'subnet', 'securityGroup', 'networkAcl'] as const;

/** Documented: "either a subnet or security group". */
export const NETWORK_WARNING_TYPES = ['subnet', 'securityGroup'] as const;

export interface NetworkError {
  readonly error_type: (typeof NETWORK_ERROR_TYPES)[number];
  readonly error_message: string;
}

export interface NetworkWarning {
  readonly warning_type: (typeof NETWORK_WARNING_TYPES)[number];
  readonly warning_message: string;
}

/** What a check of the network finds. It shows once a workspace was set up in the network. */
export interface NetworkFindings {
  readonly errors: readonly NetworkError[];
  readonly warnings: readonly NetworkWarning[];
}

export const NO_FINDINGS: NetworkFindings = { errors: [], warnings: [] };

/** Documented values of `vpc_status` but UNATTACHED, by what was found. */
export const vpcStatus = ({ errors, warnings }: NetworkFindings): 'BROKEN' | 'WARNED' | 'VALID' => {
  if (errors.length > 0) return 'BROKEN';
  return warnings.length > 0 ? 'WARNED' : 'VALID';
};
