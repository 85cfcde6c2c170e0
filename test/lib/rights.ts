import type { StageTemplate } from './stage-template.ts';

interface Statement {
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
  readonly Principal?: unknown;
  readonly Condition?: unknown;
}

/** Who may do what: `Allow ACTION on RESOURCE` by role. */
export type Rights = Readonly<Record<string, readonly string[]>>;

const list = <T>(value: T | readonly T[]): readonly T[] => (Array.isArray(value) ? value : [value as T]);

/** A logical id without the construct's path before it and the hash behind it. */
export const shortName = (id: string): string =>
  id
    .replace(/^Automation((?:KeyRollout|SecretSync|WorkspaceProvisioning|Api)?)(Functions)?/, '$1')
    .replace(/[0-9A-F]{8}$/, '');

/** A resource as a person would write it: `{Name}` for what the stack makes. */
export const shown = (resource: unknown): string => {
  if (typeof resource === 'string') return resource;
  const { Ref, ...rest } = resource as Readonly<Record<string, unknown>>;
  if (typeof Ref === 'string') return `{${shortName(Ref)}}`;
  const { 'Fn::GetAtt': attribute, 'Fn::Join': joined, 'Fn::Select': selected, 'Fn::Split': split } = rest;
  if (Array.isArray(attribute)) return `{${shortName(String(attribute[0]))}}`;
  if (Array.isArray(joined)) return (joined[1] as readonly unknown[]).map(shown).join(String(joined[0]));
  // Name of a machine, cut out of its ARN.
  if (Array.isArray(selected)) return shown(selected[1]);
  if (Array.isArray(split)) return shown(split[1]);
  throw new Error(`a resource of an unknown form: ${JSON.stringify(resource)}`);
};

export const statementsOf = (document: unknown): readonly Statement[] =>
  list((document as { readonly Statement: Statement | readonly Statement[] }).Statement);

/** Each right of a policy as a line. */
const linesOf = (document: unknown): readonly string[] =>
  statementsOf(document).flatMap(({ Effect, Action, Resource, Condition, ...others }) => {
    // NotAction, NotResource: all but what is named, which no list could hold.
    const strange = Object.keys(others).filter((name) => name !== 'Sid');
    if (strange.length > 0) throw new Error(`a right with ${strange.join(', ')}`);
    const where = Condition === undefined ? '' : ` if ${JSON.stringify(Condition)}`;
    return list(Action).flatMap((action) =>
      list(Resource).map((resource) => `${Effect} ${action} on ${shown(resource)}${where}`),
    );
  });

/** Who may do what: `action on resource` by role, over all policies. */
export const rightsIn = (template: StageTemplate): Rights => {
  const held = template.ofType('AWS::IAM::Policy').flatMap(({ properties }) => {
    const { PolicyDocument, PolicyName: _name, Roles, ...others } = properties;
    if (Object.keys(others).length > 0) throw new Error(`a policy with ${Object.keys(others).join(', ')}`);
    const lines = linesOf(PolicyDocument);
    return (Roles as readonly { readonly Ref: string }[]).map(({ Ref }) => ({
      role: shortName(Ref),
      lines,
    }));
  });
  const byRole = Object.groupBy(held, ({ role }) => role);
  return Object.fromEntries(
    Object.entries(byRole).map(([role, of = []]) => [role, of.flatMap(({ lines }) => lines).toSorted()]),
  );
};
