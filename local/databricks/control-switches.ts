import { type Fields, FLAG, NUMBER, oneOf, read } from './control-kinds.ts';
import { isObject } from './request-body.ts';
import type { SecretLimits, SecretsRateLimit } from './secret-switches.ts';
import { DEFAULT_SWITCHES, type SwitchChanges, type Switches, type Timings } from './switches.ts';

const SWITCHES: Fields<SwitchChanges> = {
  duplicateKey: oneOf(['accept', 'conflict', 'return-existing'] satisfies Switches['duplicateKey'][]),
  deleteBody: oneOf(['void', 'object', 'deleted'] satisfies Switches['deleteBody'][]),
  lists: oneOf(['array', 'wrapped'] satisfies Switches['lists'][]),
  accountErrors: oneOf(['message', 'documented', 'code', 'text'] satisfies Switches['accountErrors'][]),
  patchBody: oneOf(['void', 'object', 'workspace', 'workspace-as-asked'] satisfies Switches['patchBody'][]),
  refusalWhileRunning: oneOf(['400', '409', 'accept'] satisfies Switches['refusalWhileRunning'][]),
  updateMask: oneOf(['ignored', 'enforced'] satisfies Switches['updateMask'][]),
  lastPageToken: oneOf(['absent', 'empty'] satisfies Switches['lastPageToken'][]),
  unauthorizedCode: oneOf(['number', 'string'] satisfies Switches['unauthorizedCode'][]),
  timings: { wanted: 'an object', accepts: isObject },
  secretNames: oneOf(['documented', 'with-at', 'as-terraform'] satisfies Switches['secretNames'][]),
  secretLimits: { wanted: 'an object', accepts: isObject },
  secretTimestamps: oneOf(['milliseconds', 'seconds'] satisfies Switches['secretTimestamps'][]),
  premium: FLAG,
  azure: FLAG,
  aclLagMs: NUMBER,
  aclParallelWrites: oneOf(['fine', 'lossy'] satisfies Switches['aclParallelWrites'][]),
  accountTier: oneOf(['PREMIUM', 'ENTERPRISE'] satisfies Switches['accountTier'][]),
  deploymentPrefix: { wanted: 'null or a string', accepts: (value) => value === null || typeof value === 'string' },
  credentialsDelayMs: NUMBER,
  workspaceCredentialsDelayMs: NUMBER,
  addressesUsedUp: FLAG,
  duplicateWorkspaceName: oneOf(['accept', 'refuse'] satisfies Switches['duplicateWorkspaceName'][]),
  deleteInUse: oneOf(['conflict', 'empty-conflict', 'invalid-state'] satisfies Switches['deleteInUse'][]),
  removalStatus: oneOf(['CANCELLED', 'CANCELLING'] satisfies Switches['removalStatus'][]),
  secretsRateLimit: { wanted: 'null or an object', accepts: (value) => value === null || isObject(value) },
};

const LIMITS: Fields<SecretLimits> = { scopes: NUMBER, secretsPerScope: NUMBER, valueBytes: NUMBER };
const RATE: Fields<SecretsRateLimit> = { perSecond: NUMBER, retryAfterSeconds: NUMBER };

const TIMINGS = Object.fromEntries(
  Object.keys(DEFAULT_SWITCHES.timings).map((name) => [name, NUMBER]),
) as unknown as Fields<Timings>;

export const readSwitches = (value: unknown): SwitchChanges => {
  const changes = read<SwitchChanges>(value, SWITCHES, []);
  if (changes.timings !== undefined) read<Partial<Timings>>(changes.timings, TIMINGS, []);
  if (changes.secretLimits !== undefined) read<Partial<SecretLimits>>(changes.secretLimits, LIMITS, []);
  if (changes.secretsRateLimit) read<SecretsRateLimit>(changes.secretsRateLimit, RATE, ['perSecond']);
  return changes;
};
