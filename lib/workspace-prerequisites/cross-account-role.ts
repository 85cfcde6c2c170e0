import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import { ArnPrincipal, PolicyDocument, PolicyStatement, Role } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { acknowledge } from '../acknowledge.ts';
import { DATABRICKS_PRINCIPALS } from '../config/databricks-principals.ts';
import { EC2_ACTIONS } from './cross-account-actions.ts';
import type { DatabricksSide } from './databricks-side.ts';

export interface CrossAccountRoleProps extends DatabricksSide {
  /** Whose VPC the workspaces are in: one that Databricks makes, or one of yours. */
  readonly network: keyof typeof EC2_ACTIONS;
  /** ARNs of the roles behind instance profiles that clusters may be given. */
  readonly passRoles?: readonly string[];
}

/**
 * The role that Databricks takes to run clusters in this account; its ARN goes into a credential configuration. Any
 * number of workspaces may share it. It stays when its stack is deleted: clusters cannot start without it.
 * Source: Databricks, "Create a credential configuration".
 */
export class CrossAccountRole extends Construct {
  readonly role: Role;

  constructor(scope: Construct, id: string, props: CrossAccountRoleProps) {
    super(scope, id);
    const { databricksAccountId, databricksPrincipal = DATABRICKS_PRINCIPALS.commercial } = props;
    this.role = new Role(this, 'Role', {
      description: 'Databricks runs clusters of its workspaces with it',
      assumedBy: new ArnPrincipal(databricksPrincipal),
      externalIds: [databricksAccountId],
      // A policy of its own would be deleted with the stack.
      inlinePolicies: { Clusters: new PolicyDocument({ statements: this.#statements(props) }) },
    });
    this.role.applyRemovalPolicy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE);
    acknowledge(
      this.role,
      'IAM5[Resource::*]',
      'Databricks creates what these actions are about, under ids that nobody knows before; it documents them for any resource',
    );
  }

  #statements({ network, passRoles = [] }: CrossAccountRoleProps): PolicyStatement[] {
    const statements = [
      new PolicyStatement({ sid: 'RunClusters', actions: [...EC2_ACTIONS[network]], resources: ['*'] }),
      new PolicyStatement({
        sid: 'UseSpotInstances',
        actions: ['iam:CreateServiceLinkedRole', 'iam:PutRolePolicy'],
        resources: [this.#spotRole()],
        conditions: { StringLike: { 'iam:AWSServiceName': 'spot.amazonaws.com' } },
      }),
    ];
    if (passRoles.length > 0) {
      statements.push(
        new PolicyStatement({ sid: 'PassInstanceProfiles', actions: ['iam:PassRole'], resources: [...passRoles] }),
      );
    }
    return statements;
  }

  /** Databricks documents it for any account; IAM lets a role make one in its own account only. */
  #spotRole(): string {
    return Stack.of(this).formatArn({
      service: 'iam',
      region: '',
      resource: 'role',
      resourceName: 'aws-service-role/spot.amazonaws.com/AWSServiceRoleForEC2Spot',
    });
  }
}
