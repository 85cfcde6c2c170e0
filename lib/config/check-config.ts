import type { BindingsFile, KeyBinding } from '../../lambda/contract/bindings.ts';
import type { SecretBinding } from '../../lambda/contract/secret-bindings.ts';
import { type ApiSettings, readApi } from './api-settings.ts';
import type { Home } from './binding-checks.ts';
import { readDatabricks } from './databricks-account.ts';
import { readKeyBinding } from './key-binding.ts';
import { type PrerequisiteSettings, readPrerequisites } from './prerequisites.ts';
import { ConfigInvalid, Problems } from './problems.ts';
import { readTiming } from './rollout-timing.ts';
import {
  readArchiveDays,
  readComputeSweep,
  readKeyReconciliation,
  readKeyWatch,
  readSecretSync,
} from './schedule-settings.ts';
import { readSecretBinding } from './secret-binding.ts';
import { checkOverlaps } from './secret-binding-overlaps.ts';
import type {
  ComputeSweepConfig,
  KeyReconciliationConfig,
  KeyWatchConfig,
  SecretSyncConfig,
  StageConfig,
} from './stage-config.ts';

/** A configuration that was checked and has every default filled in. */
export interface CheckedConfig {
  readonly account: string;
  readonly region: string;
  readonly credentialSecret: string;
  readonly bindings: BindingsFile;
  readonly secretSync: Required<SecretSyncConfig>;
  readonly keyWatch: Required<KeyWatchConfig>;
  readonly keyReconciliation: Required<KeyReconciliationConfig>;
  readonly computeSweep: Required<ComputeSweepConfig>;
  /** Days; undefined where events are not archived. */
  readonly archiveDays: number | undefined;
  /** Undefined where the stage has no HTTP API. */
  readonly api: ApiSettings | undefined;
  /** Undefined where the stage makes nothing for workspaces to stand on. */
  readonly prerequisites: PrerequisiteSettings | undefined;
  /** ARNs of KMS keys that selected secrets are encrypted with. */
  readonly secretKeys: readonly string[];
  readonly emails: readonly string[];
  readonly logRetentionDays: number;
  readonly retain: boolean;
}

const TOP_LEVEL: readonly string[] = [
  'aws',
  'databricks',
  'keyBindings',
  'secretBindings',
  'secretSync',
  'keyWatch',
  'keyReconciliation',
  'computeSweep',
  'events',
  'api',
  'notifications',
  'prerequisites',
  'timing',
  'logRetentionDays',
  'onStackDeletion',
];

/** The checked configuration; throws ConfigInvalid with every problem of `source`, not only the first. */
export function checkConfig(config: StageConfig, source: string): CheckedConfig {
  const problems = new Problems();
  const given: Partial<StageConfig> = typeof config === 'object' && config !== null ? config : {};
  for (const name of Object.keys(given)) {
    if (!TOP_LEVEL.includes(name)) problems.add(name, 'an unknown setting', `one of ${TOP_LEVEL.join(', ')}`);
  }
  const account = matching(given.aws?.account, /^\d{12}$/, 'aws.account', 'an AWS account id of 12 digits', problems);
  const region = matching(
    given.aws?.region,
    /^[a-z]{2}(-[a-z]+)+-\d$/,
    'aws.region',
    'an AWS Region such as us-west-2',
    problems,
  );
  const databricks = readDatabricks(given.databricks, problems);
  const credentialSecret = given.databricks?.credentialSecret ?? '';
  const { keyBindings, secretBindings } = readBindings(given, { account, region, credentialSecret }, problems);
  const secretSync = readSecretSync(given.secretSync, problems);
  const keyWatch = readKeyWatch(given.keyWatch, problems);
  const keyReconciliation = readKeyReconciliation(given.keyReconciliation, problems);
  const computeSweep = readComputeSweep(given.computeSweep, problems);
  const archiveDays = readArchiveDays(given.events, problems);
  const emails = given.notifications?.emails ?? [];
  for (const [index, email] of emails.entries()) {
    if (!/^[^@\s]+@[^@\s]+$/.test(String(email)))
      problems.add(`notifications.emails[${index}]`, email, 'an e-mail address');
  }
  const api = readApi(given.api, problems);
  const prerequisites = readPrerequisites(given.prerequisites, { region, ...databricks }, problems);
  const timing = readTiming(given.timing, problems);
  if (problems.list.length > 0) throw new ConfigInvalid(source, problems.list);
  return {
    account,
    region,
    credentialSecret,
    bindings: { databricks, timing, keyBindings, secretBindings, credentialSecret },
    secretSync,
    keyWatch,
    keyReconciliation,
    computeSweep,
    archiveDays,
    api,
    prerequisites,
    secretKeys: [...new Set(Object.values(given.secretBindings ?? {}).flatMap(({ decryptWith = [] }) => decryptWith))],
    emails,
    logRetentionDays: given.logRetentionDays ?? 90,
    retain: (given.onStackDeletion ?? 'retain') === 'retain',
  };
}

function readBindings(
  given: Partial<StageConfig>,
  home: Home & { readonly credentialSecret: string },
  problems: Problems,
): Pick<BindingsFile, 'keyBindings' | 'secretBindings'> {
  const keys = Object.entries(given.keyBindings ?? {});
  const secrets = Object.entries(given.secretBindings ?? {});
  if (keys.length + secrets.length === 0) {
    problems.add('keyBindings', given.keyBindings, 'at least one key binding, or one of secretBindings');
  }
  const keyBindings = keys.flatMap(([id, binding]): KeyBinding[] => {
    const read = readKeyBinding(id, binding, home, problems);
    return read === undefined ? [] : [read];
  });
  const secretBindings = secrets.flatMap(([id, binding]): SecretBinding[] => {
    const read = readSecretBinding(id, binding, home, problems);
    return read === undefined ? [] : [read];
  });
  checkOverlaps(secretBindings, problems);
  return { keyBindings, secretBindings };
}

function matching(value: unknown, pattern: RegExp, path: string, wanted: string, problems: Problems): string {
  if (typeof value === 'string' && pattern.test(value)) return value;
  problems.add(path, value, wanted);
  return '';
}
