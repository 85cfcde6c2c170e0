import { ArnFormat, Stack } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';

/** The role of a schedule: only EventBridge Scheduler of this account, for its own schedules, takes it. */
export function scheduleRole(scope: Construct, description: string): Role {
  const { account } = Stack.of(scope);
  const ownSchedules = Stack.of(scope).formatArn({
    service: 'scheduler',
    resource: 'schedule-group',
    resourceName: 'default',
    arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
  });
  return new Role(scope, 'Role', {
    description,
    assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
      conditions: { StringEquals: { 'aws:SourceAccount': account, 'aws:SourceArn': ownSchedules } },
    }),
  });
}
