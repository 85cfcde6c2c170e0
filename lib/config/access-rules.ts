import type { AccessRule, Permission } from '../../lambda/contract/secret-bindings.ts';
import { checkOneOf, checkSettings } from './binding-checks.ts';
import type { Problems } from './problems.ts';

const KINDS = ['user', 'group', 'servicePrincipal'] as const;
const PERMISSIONS: readonly Permission[] = ['READ', 'WRITE', 'MANAGE'];

/** An access list as Databricks takes it: principals by name alone, whose case it does not tell apart. */
export function readAccess(given: unknown, path: string, problems: Problems): readonly AccessRule[] {
  if (!Array.isArray(given)) {
    problems.add(path, given, 'a list of access rules');
    return [];
  }
  const seen = new Set<string>();
  return given.flatMap((rule: unknown, index): AccessRule[] => {
    const at = `${path}[${index}]`;
    const read = readRule(rule, at, problems);
    if (read === undefined) return [];
    const name = read.principal.toLowerCase();
    if (seen.has(name)) problems.add(at, read.principal, 'each principal once');
    seen.add(name);
    return [read];
  });
}

function readRule(rule: unknown, path: string, problems: Problems): AccessRule | undefined {
  const given: Readonly<Record<string, unknown>> = typeof rule === 'object' && rule !== null ? { ...rule } : {};
  const kinds = KINDS.filter((kind) => given[kind] !== undefined);
  const [kind] = kinds;
  if (kind === undefined || kinds.length > 1) {
    problems.add(path, rule, `a permission with one of ${KINDS.join(', ')}`);
    return undefined;
  }
  checkSettings(given, [...KINDS, 'permission'], path, problems);
  checkOneOf(given.permission, PERMISSIONS, `${path}.permission`, problems);
  const principal = given[kind];
  if (typeof principal === 'string' && principal.trim() !== '') {
    return { principal, permission: given.permission as Permission };
  }
  problems.add(`${path}.${kind}`, principal, WANTED[kind]);
  return undefined;
}

const WANTED = {
  user: 'the e-mail address of a user',
  group: 'the display name of a group',
  servicePrincipal: 'the application id of a service principal',
} as const;
