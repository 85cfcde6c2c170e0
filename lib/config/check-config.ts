import type { BindingsFile, KeyBinding, RolloutTiming } from '../../lambda/contract/bindings.ts';
import { readDatabricks } from './databricks-account.ts';
import { readKeyBinding } from './key-binding.ts';
import { ConfigInvalid, Problems } from './problems.ts';
import type { StageConfig } from './stage-config.ts';

/** A configuration that was checked and has every default filled in. */
export interface CheckedConfig {
  readonly account: string;
  readonly region: string;
  readonly credentialSecret: string;
  readonly bindings: BindingsFile;
  readonly emails: readonly string[];
  readonly logRetentionDays: number;
  readonly retain: boolean;
}

/**
 * Databricks asks for 20 minutes of rest. Six reads, 30 s apart, see a change that is taken back within two and a half
 * minutes; the others were chosen so that a slow workspace still makes it.
 */
const DEFAULT_TIMING: RolloutTiming = {
  computePollSeconds: 15,
  computeStopDeadlineMinutes: 30,
  keyPollSeconds: 30,
  keyDeadlineMinutes: 45,
  stableReads: 6,
  storageRestMinutes: 20,
  leaseMinutes: 60,
};

const TOP_LEVEL: ReadonlySet<string> = new Set([
  'aws',
  'databricks',
  'keyBindings',
  'notifications',
  'timing',
  'logRetentionDays',
  'onStackDeletion',
]);

/** The checked configuration; throws ConfigInvalid with every problem of `source`, not only the first. */
export function checkConfig(config: StageConfig, source: string): CheckedConfig {
  const problems = new Problems();
  const given: Partial<StageConfig> = typeof config === 'object' && config !== null ? config : {};
  for (const name of Object.keys(given)) {
    if (!TOP_LEVEL.has(name)) problems.add(name, 'an unknown setting', `one of ${[...TOP_LEVEL].join(', ')}`);
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
  const entries = Object.entries(given.keyBindings ?? {});
  if (entries.length === 0) problems.add('keyBindings', given.keyBindings, 'at least one key binding');
  const keyBindings = entries.flatMap(([id, binding]): KeyBinding[] => {
    const read = readKeyBinding(id, binding, { account, region }, problems);
    return read === undefined ? [] : [read];
  });
  const emails = given.notifications?.emails ?? [];
  for (const [index, email] of emails.entries()) {
    if (!/^[^@\s]+@[^@\s]+$/.test(String(email)))
      problems.add(`notifications.emails[${index}]`, email, 'an e-mail address');
  }
  const timing = readTiming(given.timing, problems);
  if (problems.list.length > 0) throw new ConfigInvalid(source, problems.list);
  return {
    account,
    region,
    credentialSecret: given.databricks?.credentialSecret ?? '',
    bindings: {
      databricks,
      timing,
      keyBindings,
      secretBindings: [],
      credentialSecret: given.databricks?.credentialSecret ?? '',
    },
    emails,
    logRetentionDays: given.logRetentionDays ?? 90,
    retain: (given.onStackDeletion ?? 'retain') === 'retain',
  };
}

function matching(value: unknown, pattern: RegExp, path: string, wanted: string, problems: Problems): string {
  if (typeof value === 'string' && pattern.test(value)) return value;
  problems.add(path, value, wanted);
  return '';
}

function readTiming(given: Partial<RolloutTiming> | undefined, problems: Problems): RolloutTiming {
  const timing: RolloutTiming = { ...DEFAULT_TIMING, ...given };
  for (const [name, value] of Object.entries(timing)) {
    if (!(name in DEFAULT_TIMING))
      problems.add(`timing.${name}`, value, `one of ${Object.keys(DEFAULT_TIMING).join(', ')}`);
    else if (!Number.isInteger(value) || value < 1)
      problems.add(`timing.${name}`, value, 'a whole number of at least 1');
  }
  const longest = Math.max(timing.storageRestMinutes, timing.computePollSeconds / 60, timing.keyPollSeconds / 60);
  if (timing.storageRestMinutes < 20)
    problems.add('timing.storageRestMinutes', timing.storageRestMinutes, 'at least 20, as Databricks asks');
  if (timing.leaseMinutes < longest + 15) {
    problems.add(
      'timing.leaseMinutes',
      timing.leaseMinutes,
      `at least ${Math.ceil(longest + 15)}: 15 minutes longer than the longest wait`,
    );
  }
  return timing;
}
