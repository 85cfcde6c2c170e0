import { physicalName } from './names.ts';
import type { ResourceHandler } from './resource.ts';

/** `Ref` of most resources is their name, and their ARN follows from it. */
const named =
  (service: string, prefix: string, property: string): ResourceHandler =>
  ({ home, stackName, logicalId, properties }) => {
    const given = properties[property];
    const name = typeof given === 'string' ? given : physicalName(stackName, logicalId, 64);
    const region = service === 'iam' ? '' : home.region;
    const arn = `arn:${home.partition}:${service}:${region}:${home.account}:${prefix}${name}`;
    return { ref: name, attributes: { Arn: arn, RoleId: name, PolicyArn: arn } };
  };

const silent: ResourceHandler = ({ stackName, logicalId }) => ({
  ref: physicalName(stackName, logicalId, 64),
  attributes: {},
});

/**
 * Types in which there is nothing to run: permissions that the local run does not check, and pictures. Every type that
 * stands neither here nor among the others is refused by name.
 */
export const IDLE_RESOURCES: Readonly<Record<string, ResourceHandler>> = {
  'AWS::CDK::Metadata': silent,
  'AWS::CloudWatch::Dashboard': named('cloudwatch', 'dashboard/', 'DashboardName'),
  'AWS::Events::Archive': named('events', 'archive/', 'ArchiveName'),
  'AWS::IAM::ManagedPolicy': named('iam', 'policy/', 'ManagedPolicyName'),
  'AWS::Lambda::Permission': silent,
  'AWS::Logs::MetricFilter': silent,
  'AWS::Logs::QueryDefinition': silent,
  'AWS::Logs::ResourcePolicy': silent,
  'AWS::Scheduler::ScheduleGroup': named('scheduler', 'schedule-group/', 'Name'),
  'AWS::S3::BucketPolicy': silent,
  'AWS::SNS::TopicPolicy': silent,
  'AWS::SQS::QueuePolicy': silent,
  'AWS::WAFv2::WebACLAssociation': silent,
};
