import { SCOPE_NAME, type SecretSelection, type SecretSelector } from '../../lambda/contract/secret-bindings.ts';
import { checkSettings, filledList, type Home } from './binding-checks.ts';
import type { Problems } from './problems.ts';

export interface SecretHome extends Home {
  /** Name or ARN of the secret that is never synced anywhere. */
  readonly credentialSecret: string;
}

interface Reading {
  readonly path: string;
  readonly home: SecretHome;
  readonly problems: Problems;
}

/** "Tag naming limits and requirements" of AWS; no wildcard and no variable of a policy can stand in one. */
export const TAG_KEY = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,128}$/u;
const TAG_VALUE = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]{0,256}$/u;
const NAME_PREFIX = /^[A-Za-z0-9/_+=.@-]{1,512}$/;
const SECRET_ARN =
  /^arn:aws[a-z-]*:secretsmanager:([a-z0-9-]+):(\d{12}):secret:([A-Za-z0-9/_+=.@!-]{1,512})-[A-Za-z0-9]{6}$/;

/** Which secrets a binding means and where they may go; problems are added, and what is wrong is left out. */
export function readSelection(secrets: unknown, scopes: unknown, reading: Reading): SecretSelection {
  const { path, problems } = reading;
  const given: Readonly<Record<string, unknown>> =
    typeof secrets === 'object' && secrets !== null ? { ...secrets } : {};
  const at = `${path}.secrets`;
  const isTagged = given.taggedUnder !== undefined;
  if (isTagged === (given.include !== undefined)) {
    problems.add(at, secrets, 'either include, a list of selectors, or taggedUnder, a list of name prefixes');
  }
  checkSettings(given, ['include', 'taggedUnder', 'exclude'], at, problems);
  const exclude =
    given.exclude === undefined ? [] : readSelectors(given.exclude, { ...reading, path: `${at}.exclude` });
  const names = readScopes(scopes, isTagged, `${path}.scopes`, problems);
  if (isTagged) {
    const namePrefixes = readPrefixes(given.taggedUnder, `${at}.taggedUnder`, problems);
    return { kind: 'tags', scopes: names, namePrefixes, exclude };
  }
  const include =
    given.include === undefined ? [] : readSelectors(given.include, { ...reading, path: `${at}.include` });
  return { kind: 'scopes', scopes: names, include, exclude };
}

function readPrefixes(given: unknown, path: string, problems: Problems): readonly string[] {
  return filledList(given, 'a list of name prefixes', path, problems).flatMap((prefix, index) => {
    if (typeof prefix === 'string' && NAME_PREFIX.test(prefix)) return [prefix];
    problems.add(`${path}[${index}]`, prefix, PREFIX_WANTED);
    return [];
  });
}

const PREFIX_WANTED = 'the beginning of a name, 1 to 512 letters, digits and / _ + = . @ -';

/** Scopes are told apart without case. */
function readScopes(given: unknown, patterns: boolean, path: string, problems: Problems): readonly string[] {
  const list = filledList(given, 'a list of scope names', path, problems);
  const seen = new Set<string>();
  return list.flatMap((scope, index) => {
    const name = typeof scope === 'string' ? scope : '';
    if (!SCOPE_NAME.test(patterns ? name.replace(/\*$/, '') : name)) {
      const pattern = patterns ? ', or the beginning of one with * behind it' : '';
      problems.add(`${path}[${index}]`, scope, `a scope name, 1 to 128 letters, digits and . _ @ -${pattern}`);
      return [];
    }
    if (seen.has(name.toLowerCase())) problems.add(`${path}[${index}]`, scope, 'each scope once');
    seen.add(name.toLowerCase());
    return [name];
  });
}

function readSelectors(given: unknown, { path, ...rest }: Reading): readonly SecretSelector[] {
  return filledList(given, 'a list of selectors', path, rest.problems).flatMap((one, index) => {
    const selector = readSelector(one, { path: `${path}[${index}]`, ...rest });
    return selector === undefined ? [] : [selector];
  });
}

function readSelector(given: unknown, reading: Reading): SecretSelector | undefined {
  const entries = typeof given === 'object' && given !== null ? Object.entries(given) : [];
  const [kind, value] = entries[0] ?? [];
  const read = entries.length === 1 && kind !== undefined ? READERS.get(kind) : undefined;
  if (read !== undefined) return read(value, { ...reading, path: `${reading.path}.${kind}` });
  reading.problems.add(reading.path, given, `one of ${[...READERS.keys()].join(', ')}`);
  return undefined;
}

const READERS: ReadonlyMap<string, (value: unknown, reading: Reading) => SecretSelector | undefined> = new Map([
  ['tag', readTag],
  ['namePrefix', readNamePrefix],
  ['arn', readArn],
]);

function readTag(tag: unknown, { path, problems }: Reading): SecretSelector | undefined {
  const { key, value, ...others } = { ...(tag as object) } as Readonly<Record<string, unknown>>;
  checkSettings(others, ['key', 'value'], path, problems);
  const isKey = typeof key === 'string' && TAG_KEY.test(key);
  const isValue = typeof value === 'string' && TAG_VALUE.test(value);
  if (!isKey)
    problems.add(`${path}.key`, key, 'the key of a tag, 1 to 128 letters, digits, spaces and _ . : / = + - @');
  if (!isValue) problems.add(`${path}.value`, value, 'the value of a tag, at most 256 of the same characters');
  return isKey && isValue ? { by: 'tag', key, value } : undefined;
}

function readNamePrefix(prefix: unknown, { path, problems }: Reading): SecretSelector | undefined {
  if (typeof prefix === 'string' && NAME_PREFIX.test(prefix)) return { by: 'name-prefix', prefix };
  problems.add(path, prefix, PREFIX_WANTED);
  return undefined;
}

/** Secrets are read, and their events arrive, only in the stage's own account and Region. */
function readArn(arn: unknown, { path, home, problems }: Reading): SecretSelector | undefined {
  const text = typeof arn === 'string' ? arn : '';
  const [, region, account, name] = SECRET_ARN.exec(text) ?? [];
  if (name === undefined) {
    problems.add(path, arn, 'the whole ARN of a secret (arn:aws:secretsmanager:...:secret:NAME-AbCdEf)');
    return undefined;
  }
  if (region !== home.region || account !== home.account) {
    problems.add(path, arn, `a secret of account ${home.account} in ${home.region}, where this stage is deployed`);
  }
  const own = home.credentialSecret;
  if ([text, name].includes(own) || SECRET_ARN.exec(own)?.[3] === name) {
    problems.add(path, arn, "any secret but databricks.credentialSecret, the service principal's own");
  }
  return { by: 'arn', arn: text };
}
