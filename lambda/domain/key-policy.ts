import type { UseCase } from '../contract/bindings.ts';

/** What Databricks needs to be allowed to do with a key, and the statement that allows it. */
export interface NeededStatement {
  /** What the statement is for, as a person would say it. */
  readonly purpose: string;
  readonly statement: PolicyStatement;
}

interface PolicyStatement {
  readonly Sid: string;
  readonly Effect: 'Allow';
  readonly Principal: { readonly AWS: string | readonly string[] };
  readonly Action: readonly string[];
  readonly Resource: '*';
  readonly Condition: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

export interface PolicyNeeds {
  readonly useCases: readonly UseCase[];
  readonly reuseKeyForClusterVolumes: boolean;
  readonly databricksAccountId: string;
  /** IAM root ARN of Databricks' AWS account. */
  readonly databricksPrincipal: string;
  /** Cross-account roles of the workspaces; they attach EBS volumes that the key encrypts. */
  readonly crossAccountRoles: readonly string[];
}

export interface PolicyFindings {
  readonly missing: readonly NeededStatement[];
  /** Things that may or may not hurt, which only a person can judge. */
  readonly warnings: readonly string[];
}

/**
 * The statements Databricks asks for. Source: Databricks, "Configure customer-managed keys for encryption", steps 1 and 2.
 * The tag condition keeps other Databricks accounts from using the key through Databricks (confused deputy).
 */
export function neededStatements(needs: PolicyNeeds): readonly NeededStatement[] {
  const ourAccount = { StringEquals: { 'aws:PrincipalTag/DatabricksAccountId': [needs.databricksAccountId] } };
  const databricks = { AWS: needs.databricksPrincipal };
  const needed: NeededStatement[] = [];
  if (needs.useCases.includes('MANAGED_SERVICES')) {
    needed.push({
      purpose: 'Databricks encrypts and decrypts managed services data (notebooks, secrets, queries)',
      statement: {
        Sid: 'AllowDatabricksManagedServices',
        Effect: 'Allow',
        Principal: databricks,
        Action: ['kms:Encrypt', 'kms:Decrypt'],
        Resource: '*',
        Condition: ourAccount,
      },
    });
  }
  if (!needs.useCases.includes('STORAGE')) return needed;
  needed.push(
    {
      purpose: 'Databricks encrypts and decrypts the workspace storage (root bucket)',
      statement: {
        Sid: 'AllowDatabricksStorage',
        Effect: 'Allow',
        Principal: databricks,
        Action: ['kms:Encrypt', 'kms:Decrypt', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:DescribeKey'],
        Resource: '*',
        Condition: ourAccount,
      },
    },
    {
      purpose: 'Databricks manages grants for AWS resources that use the key',
      statement: {
        Sid: 'AllowDatabricksStorageGrants',
        Effect: 'Allow',
        Principal: databricks,
        Action: ['kms:CreateGrant', 'kms:ListGrants', 'kms:RevokeGrant'],
        Resource: '*',
        Condition: { ...ourAccount, Bool: { 'kms:GrantIsForAWSResource': 'true' } },
      },
    },
  );
  if (needs.reuseKeyForClusterVolumes) {
    for (const [index, role] of needs.crossAccountRoles.entries()) {
      needed.push({
        purpose: `the cross-account role ${role} encrypts cluster EBS volumes`,
        statement: {
          Sid: `AllowDatabricksClusterVolumes${index === 0 ? '' : index + 1}`,
          Effect: 'Allow',
          Principal: { AWS: role },
          Action: ['kms:Decrypt', 'kms:GenerateDataKey*', 'kms:CreateGrant', 'kms:DescribeKey'],
          Resource: '*',
          Condition: { 'ForAnyValue:StringLike': { 'kms:ViaService': 'ec2.*.amazonaws.com' } },
        },
      });
    }
  }
  return needed;
}

/**
 * Which needed statements a key policy lacks. A statement counts if one or several statements of the policy together
 * allow its actions to its principal under no narrower condition; a statement for Databricks without the account tag
 * condition does not count. Throws SyntaxError if `policyText` is not JSON.
 */
export function checkKeyPolicy(policyText: string, needs: PolicyNeeds): PolicyFindings {
  const statements = readStatements(policyText);
  const warnings: string[] = [];
  const missing = neededStatements(needs).filter(({ statement: wanted }) => {
    const principals = [wanted.Principal.AWS].flat();
    const denied = statements.filter((s) => s.effect === 'Deny' && touches(s, principals, wanted.Action));
    for (const deny of denied.filter((s) => s.conditions.size > 0)) {
      warnings.push(
        `statement '${deny.sid}' denies ${wanted.Action.join(', ')} under a condition; check that it spares ${principals.join(', ')}`,
      );
    }
    if (denied.some((s) => s.conditions.size === 0)) return true;
    return !wanted.Action.every((action) => statements.some((s) => allows(s, principals, action, wanted)));
  });
  return { missing, warnings: [...new Set(warnings)] };
}

interface Statement {
  readonly sid: string;
  readonly effect: string;
  readonly principals: readonly string[];
  readonly actions: readonly string[];
  /** `operator/key` in lower case, to the values. */
  readonly conditions: ReadonlyMap<string, readonly string[]>;
}

const strings = (value: unknown): readonly string[] =>
  [value]
    .flat()
    .filter((item): item is string | boolean => typeof item === 'string' || typeof item === 'boolean')
    .map(String);

function readStatements(policyText: string): readonly Statement[] {
  const policy: unknown = JSON.parse(policyText);
  const raw = [(policy as { Statement?: unknown })?.Statement ?? []].flat() as unknown as readonly Record<
    string,
    unknown
  >[];
  return raw.map((statement, index) => ({
    sid: typeof statement.Sid === 'string' ? statement.Sid : `number ${index + 1}`,
    effect: String(statement.Effect),
    principals: readPrincipals(statement.Principal),
    actions: strings(statement.Action).map((action) => action.toLowerCase()),
    conditions: readConditions(statement.Condition),
  }));
}

function readPrincipals(principal: unknown): readonly string[] {
  if (typeof principal === 'string') return [principal];
  return strings((principal as { AWS?: unknown } | undefined)?.AWS);
}

function readConditions(condition: unknown): ReadonlyMap<string, readonly string[]> {
  const conditions = new Map<string, readonly string[]>();
  for (const [operator, keys] of Object.entries((condition ?? {}) as Record<string, Record<string, unknown>>)) {
    for (const [key, values] of Object.entries(keys)) {
      conditions.set(`${operator}/${key}`.toLowerCase(), strings(values));
    }
  }
  return conditions;
}

const ACCOUNT_TAG = 'stringequals/aws:principaltag/databricksaccountid';

/** Conditions under which the wanted call is made anyway, so that they narrow nothing. */
const HARMLESS: readonly RegExp[] = [
  /^stringequals\/aws:principaltag\/databricksaccountid$/,
  /^bool\/kms:grantisforawsresource$/,
  /^foranyvalue:stringlike\/kms:viaservice$/,
  /^stringlike\/kms:viaservice$/,
];

function allows(found: Statement, principals: readonly string[], action: string, wanted: PolicyStatement): boolean {
  if (found.effect !== 'Allow' || !principals.every((principal) => names(found, principal))) return false;
  if (!found.actions.some((pattern) => covers(pattern, action.toLowerCase()) || coversTogether(found.actions, action)))
    return false;
  return conditionsHold(found.conditions, wanted);
}

/** A root ARN may also stand as the bare account id, and `*` names everybody. */
function names(found: Statement, principal: string): boolean {
  const account = /^arn:[^:]+:iam::(\d{12}):root$/.exec(principal)?.[1];
  return found.principals.some((one) => one === '*' || one === principal || (account !== undefined && one === account));
}

/** `kms:*` covers `kms:Decrypt`; a pattern covers a wanted pattern if its prefix is at most as long. */
function covers(pattern: string, wanted: string): boolean {
  if (pattern === '*' || pattern === wanted) return true;
  if (!pattern.endsWith('*')) return false;
  return wanted.startsWith(pattern.slice(0, -1));
}

const SPELLED_OUT: ReadonlyMap<string, readonly string[]> = new Map([
  ['kms:ReEncrypt*', ['kms:reencryptfrom', 'kms:reencryptto']],
  [
    'kms:GenerateDataKey*',
    [
      'kms:generatedatakey',
      'kms:generatedatakeywithoutplaintext',
      'kms:generatedatakeypair',
      'kms:generatedatakeypairwithoutplaintext',
    ],
  ],
]);

const coversTogether = (actions: readonly string[], wanted: string): boolean =>
  SPELLED_OUT.get(wanted)?.every((one) => actions.some((pattern) => covers(pattern, one))) ?? false;

function conditionsHold(found: ReadonlyMap<string, readonly string[]>, wanted: PolicyStatement): boolean {
  const account = wanted.Condition.StringEquals?.['aws:PrincipalTag/DatabricksAccountId']?.[0];
  if (account !== undefined && !found.get(ACCOUNT_TAG)?.includes(account)) return false;
  if ([...found.keys()].some((key) => !HARMLESS.some((pattern) => pattern.test(key)))) return false;
  const grants = found.get('bool/kms:grantisforawsresource');
  if (grants !== undefined && (wanted.Condition.Bool === undefined || !grants.includes('true'))) return false;
  const via = found.get('foranyvalue:stringlike/kms:viaservice') ?? found.get('stringlike/kms:viaservice');
  if (via === undefined) return true;
  return wanted.Condition['ForAnyValue:StringLike'] !== undefined && via.some((service) => /^ec2\./.test(service));
}

const touches = (found: Statement, principals: readonly string[], actions: readonly string[]): boolean =>
  principals.some((principal) => names(found, principal)) &&
  actions.some((action) => found.actions.some((pattern) => covers(pattern, action.toLowerCase())));
