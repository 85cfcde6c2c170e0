import { isRecord, type Request } from '../aws/actions.ts';
import type { Home } from '../aws/home.ts';
import { physicalName } from './names.ts';
import type { MadeResource } from './stack-scope.ts';
import { UnknownInTemplate } from './unknown-template.ts';

/** A resource of a template with every reference resolved. */
export interface TemplateResource {
  readonly home: Home;
  readonly stackName: string;
  readonly logicalId: string;
  readonly type: string;
  readonly properties: Request;
  /** The folders of the stack's file assets, by object key. */
  readonly assetDirs: ReadonlyMap<string, string>;
}

/** Makes one resource and answers what `Ref` and `Fn::GetAtt` say. Throws UnknownInTemplate and AwsError. */
export type ResourceHandler = (resource: TemplateResource) => MadeResource | Promise<MadeResource>;

/** `Stack/LogicalId (AWS::SQS::Queue)`, as messages name a resource. */
export const whereIs = ({ stackName, logicalId, type }: Omit<TemplateResource, 'home' | 'properties' | 'assetDirs'>) =>
  `${stackName}/${logicalId} (${type})`;

/** The name that the template gives, or one in CloudFormation's manner. */
export const nameOf = (resource: TemplateResource, property: string, most: number): string => {
  const given = resource.properties[property];
  return typeof given === 'string' ? given : physicalName(resource.stackName, resource.logicalId, most);
};

/**
 * Refuses properties that the local run does not know. Those in `heeded` have an effect; those in `idle` concern only
 * what is not simulated, such as encryption at rest, tags and permissions.
 */
export const onlyKnown = (
  resource: TemplateResource,
  { heeded, idle = [] }: { readonly heeded: readonly string[]; readonly idle?: readonly string[] },
): void => {
  const strange = Object.keys(resource.properties).filter((key) => !heeded.includes(key) && !idle.includes(key));
  if (strange.length === 0) return;
  throw new UnknownInTemplate(whereIs(resource), `the local run does not know ${strange.join(', ')}`);
};

/** A property that must be an object; empty when it is absent. */
export const part = (resource: TemplateResource, property: string): Request => {
  const value = resource.properties[property] ?? {};
  if (isRecord(value)) return value;
  throw new UnknownInTemplate(whereIs(resource), `${property} must be an object`);
};

/** A property that must be an object of texts; empty when it is absent. */
export const textsOf = (resource: TemplateResource, property: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(part(resource, property)).map(([name, value]) => {
      if (typeof value === 'string') return [name, value] as const;
      throw new UnknownInTemplate(whereIs(resource), `${property}: ${name} must be text`);
    }),
  );
