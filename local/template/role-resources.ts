import { isRecord, optionalText } from '../aws/actions.ts';
import { arnAt } from '../aws/home.ts';
import type { LocalAccount } from '../aws/local-account.ts';
import { nameOf, onlyKnown, type ResourceHandler, type TemplateResource, whereIs } from './resource.ts';
import { UnknownInTemplate } from './unknown-template.ts';

/** AWS::IAM::Policy: what it allows counts for functions that have one of its roles. */
export const policy =
  ({ permissions }: LocalAccount): ResourceHandler =>
  (resource) => {
    onlyKnown(resource, { heeded: ['PolicyDocument', 'Roles'], idle: ['PolicyName'] });
    const { PolicyDocument, Roles } = resource.properties;
    const allowed = allowedBy(PolicyDocument, resource);
    for (const role of [Roles ?? []].flat()) permissions.allow(String(role), allowed);
    return { ref: nameOf(resource, 'PolicyName', 128), attributes: {} };
  };

/** AWS::IAM::Role: the policies in it count; who may take it, and policies that stand elsewhere, do not. */
export const role =
  ({ permissions }: LocalAccount): ResourceHandler =>
  (resource) => {
    const idle = [
      'AssumeRolePolicyDocument',
      'Description',
      'MaxSessionDuration',
      'Path',
      'PermissionsBoundary',
      'Tags',
    ];
    onlyKnown(resource, { heeded: ['Policies', 'RoleName'], idle: [...idle, 'ManagedPolicyArns'] });
    const name = nameOf(resource, 'RoleName', 64);
    for (const inside of [resource.properties.Policies ?? []].flat()) {
      if (isRecord(inside)) permissions.allow(name, allowedBy(inside.PolicyDocument, resource));
    }
    return {
      ref: name,
      attributes: { Arn: arnAt({ ...resource.home, region: '' }, 'iam', `role/${name}`), RoleId: name },
    };
  };

/** The name of the role with this ARN; undefined for none. */
export const roleOf = ({ properties }: TemplateResource): string | undefined =>
  optionalText(properties, 'Role')?.split('/').at(-1);

/** Actions that a policy document allows. */
function allowedBy(document: unknown, resource: TemplateResource): readonly string[] {
  const statements = isRecord(document) ? [document.Statement].flat() : [];
  return statements.filter(isRecord).flatMap(({ Effect, Action }) => {
    if (Effect !== 'Allow' || Action === undefined) {
      throw new UnknownInTemplate(whereIs(resource), 'the local run knows only statements that allow actions');
    }
    return [Action].flat().map(String);
  });
}
