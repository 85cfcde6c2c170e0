import type { LocalAccount } from '../aws/local-account.ts';
import { nameOf, onlyKnown, type ResourceHandler } from './resource.ts';

/** AWS::Logs::LogGroup. */
export const logGroup =
  (account: LocalAccount): ResourceHandler =>
  (resource) => {
    const idle = ['RetentionInDays', 'KmsKeyId', 'Tags', 'LogGroupClass', 'DataProtectionPolicy'];
    onlyKnown(resource, { heeded: ['LogGroupName'], idle: [...idle, 'DeletionProtectionEnabled'] });
    const name = nameOf(resource, 'LogGroupName', 512);
    return { ref: name, attributes: { Arn: account.logs.addGroup(name) } };
  };

/** AWS::Events::Rule: of the default bus, by pattern or by schedule. */
export const rule =
  (account: LocalAccount): ResourceHandler =>
  (resource) => {
    const { RoleArn: _role, Tags: _tags, ...properties } = resource.properties;
    const name = nameOf(resource, 'Name', 64);
    return { ref: name, attributes: { Arn: account.bus.addRule({ ...properties, Name: name }) } };
  };
