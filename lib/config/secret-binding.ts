import type { SecretBinding } from '../../lambda/contract/secret-bindings.ts';
import { readAccess } from './access-rules.ts';
import { checkId, checkOneOf, checkSettings, checkWhole, checkWorkspaces, filledList } from './binding-checks.ts';
import { checkKeyTemplate } from './key-template.ts';
import type { Problems } from './problems.ts';
import { readSelection, type SecretHome } from './secret-selection.ts';
import type { SecretBindingConfig } from './stage-config.ts';

const SETTINGS: readonly string[] = [
  ...['secrets', 'workspaces', 'scopes', 'key', 'json', 'access', 'otherAccess', 'initialManagePrincipal'],
  ...['prune', 'pruneLimit', 'drift', 'deletionGraceHours', 'decryptWith'],
];

const CHOICES = {
  json: ['whole', 'spread'],
  otherAccess: ['keep', 'remove'],
  initialManagePrincipal: ['users'],
  prune: ['off', 'owned'],
  drift: ['repair', 'report'],
} as const;

/** One secret binding with its defaults; problems are added, not thrown. Undefined if it is not an object at all. */
export function readSecretBinding(
  id: string,
  given: SecretBindingConfig,
  home: SecretHome,
  problems: Problems,
): SecretBinding | undefined {
  const path = `secretBindings.${id}`;
  checkId(id, path, problems);
  if (typeof given !== 'object' || given === null) {
    problems.add(path, given, 'a secret binding');
    return undefined;
  }
  checkSettings(given, SETTINGS, path, problems);
  const select = readSelection(given.secrets, given.scopes, { path, home, problems });
  checkWorkspaces(given.workspaces, 'all', `${path}.workspaces`, problems);
  const json = given.json ?? 'whole';
  const keyTemplate = given.key ?? (json === 'spread' ? '{basename}_{jsonKey}' : '{basename}');
  checkKeyTemplate(keyTemplate, json, `${path}.key`, problems);
  const access = readAccess(given.access ?? [], `${path}.access`, problems);
  checkChoices(given, path, problems);
  if (given.decryptWith !== undefined) checkKeys(given.decryptWith, `${path}.decryptWith`, home, problems);
  return {
    id,
    workspaces: given.workspaces === 'all' || Array.isArray(given.workspaces) ? given.workspaces : [],
    select,
    keyTemplate,
    json,
    access,
    otherAccess: given.otherAccess ?? 'keep',
    ...(given.initialManagePrincipal !== undefined && { initialManagePrincipal: given.initialManagePrincipal }),
    prune: given.prune ?? 'off',
    pruneLimit: given.pruneLimit ?? 20,
    drift: given.drift ?? 'repair',
    deletionGraceHours: given.deletionGraceHours ?? null,
  };
}

function checkChoices(given: SecretBindingConfig, path: string, problems: Problems): void {
  for (const [name, allowed] of Object.entries(CHOICES)) {
    const value = given[name as keyof typeof CHOICES];
    if (value !== undefined) checkOneOf(value, allowed, `${path}.${name}`, problems);
  }
  const { pruneLimit = 20, deletionGraceHours: hours } = given;
  checkWhole(pruneLimit, 1, 1_000, `${path}.pruneLimit`, problems);
  if (hours !== undefined && hours !== null) checkWhole(hours, 0, 720, `${path}.deletionGraceHours`, problems);
}

/** A secret's key lies in the secret's Region; it may belong to another account. An alias cannot be named in a policy. */
function checkKeys(keys: unknown, path: string, { region }: SecretHome, problems: Problems): void {
  for (const [index, key] of filledList(keys, 'a list of KMS key ARNs', path, problems).entries()) {
    const [, found] = /^arn:aws[a-z-]*:kms:([a-z0-9-]+):\d{12}:key\/[A-Za-z0-9-]+$/.exec(String(key)) ?? [];
    if (found === undefined) problems.add(`${path}[${index}]`, key, 'a KMS key ARN (arn:aws:kms:...:key/...)');
    else if (found !== region) problems.add(`${path}[${index}]`, key, `a key in ${region}, where the secrets are`);
  }
}
