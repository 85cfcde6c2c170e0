import { FAILURE, type FailureName } from '../contract/failures.ts';
import type { DatabricksError } from './databricks-error.ts';
import { failureOf } from './refusal-failure.ts';

/** What was asked for: the same answer means different things. A configuration is of credentials, storage or network. */
export type Asked = `${'create' | 'delete'} ${'configuration' | 'workspace'}`;

/** What of a refusal decides; all that is given has to hold. */
interface Rule {
  /** The failure it is by code, status and words; see failureOf. */
  readonly name?: FailureName;
  readonly code?: ReadonlySet<string | undefined>;
  readonly status?: number;
  readonly words?: RegExp;
  readonly failure: FailureName;
}

/** Only these say "what you asked for was turned away as it stands". */
const TURNED_AWAY: ReadonlySet<FailureName> = new Set<FailureName>([
  FAILURE.databricksRefused,
  FAILURE.databricksConflict,
  FAILURE.databricksLimitReached,
]);

const EXISTS: ReadonlySet<string | undefined> = new Set(['RESOURCE_ALREADY_EXISTS', 'ALREADY_EXISTS']);
const WITHOUT_CODE: ReadonlySet<string | undefined> = new Set([undefined]);

/** "... is being used by active workspace N", "... while it is attached to a workspace". */
const IN_USE = /\b(?:used by|attached to) (?:an? |the )?(?:active |running )?workspaces?\b/i;

/**
 * Words of Amazon EC2, which Databricks passes on. Source: Databricks, create a workspace with the Account API:
 * troubleshooting; Amazon EC2, error codes.
 */
const AWS_LIMIT =
  /\bmaximum number of (?:addresses|vpcs|internet gateways|nat gateways)\b|\b(?:Address|Vpc|\w*Gateway)LimitExceeded\b/i;

const CREATION: readonly Rule[] = [
  { code: EXISTS, failure: FAILURE.nameTaken },
  // "Failed credential validation checks: please use ..." of the role, "Failed credentials validation checks: Spot
  // Cancellation, ..." of the permissions that a workspace needs.
  { words: /\bfailed credentials? validation checks?\b/i, failure: FAILURE.credentialsNotReady },
  { words: AWS_LIMIT, failure: FAILURE.awsLimitReached },
  { name: FAILURE.databricksLimitReached, failure: FAILURE.accountLimitReached },
];

const EXISTS_BY_WORDS: Rule = { words: /\balready exists\b/i, failure: FAILURE.nameTaken };

const RULES: Readonly<Record<Asked, readonly Rule[]>> = {
  'create configuration': [
    ...CREATION,
    EXISTS_BY_WORDS,
    // Not documented for a creation; of what has a unique name it can say nothing else.
    { code: WITHOUT_CODE, status: 409, failure: FAILURE.nameTaken },
  ],
  'create workspace': [
    ...CREATION,
    // "Deployment name cannot be used until a deployment name prefix is defined"
    { words: /\bdeployment[ _]?name\b/i, failure: FAILURE.deploymentNameRefused },
    EXISTS_BY_WORDS,
    { words: /\binvalid customerManagedKeyId\b/i, failure: FAILURE.keyConfigurationUnfit },
    { words: IN_USE, failure: FAILURE.configurationInUse },
  ],
  'delete configuration': [
    { name: FAILURE.databricksConflict, failure: FAILURE.configurationInUse },
    { words: IN_USE, failure: FAILURE.configurationInUse },
  ],
  'delete workspace': [{ name: FAILURE.databricksConflict, failure: FAILURE.workspaceBusy }],
};

/**
 * The failure that a refusal of what was asked for really is, or undefined to keep the one it has. Sources: Databricks,
 * Account API (409 for a deletion: in use), and its words in public reports, the only place that has them.
 */
export const provisioningRefusal = (asked: Asked, error: DatabricksError): FailureName | undefined => {
  const { name, code, status = 0 } = error;
  // Code and status alone have to allow it too: "limit exceeded" with 429 speaks of requests, whatever else it says.
  const withoutWords = failureOf({ status, code, message: '' });
  if (!TURNED_AWAY.has(name) || !TURNED_AWAY.has(withoutWords)) return undefined;
  return RULES[asked].find((rule) => applies(rule, error))?.failure;
};

const applies = (rule: Rule, { name, code, status, serverMessage = '' }: DatabricksError): boolean =>
  (rule.name === undefined || rule.name === name) &&
  (rule.code === undefined || rule.code.has(code)) &&
  (rule.status === undefined || rule.status === status) &&
  (rule.words === undefined || rule.words.test(serverMessage));
