import type { LocalAccount } from '../local/aws/local-account.ts';
import type { AccountSeed, Outcome, WorkspaceSeed } from '../local/databricks/seed.ts';
import type { SwitchChanges } from '../local/databricks/switches.ts';
import { CROSS_ACCOUNT_ROLE, DEMO_ALIAS } from '../local/demo/account.ts';
import type { StageBindings } from '../local/demo/stage.ts';
import type { Draw } from './draw.ts';
import { GIVEN_SEED } from './provisioning/wishes.ts';
import { secretValue } from './secret-value.ts';

/** Bound to `alpha` but for the last one, which is bound to `beta`. One id is larger than a JavaScript number can hold. */
export const WORKSPACES = ['1001', '1002', '9007199254740993', '1004'] as const;
const [FIRST, SECOND, THIRD, FOURTH] = WORKSPACES;

/** The key of the binding `beta` has this alias from the first happening on. */
export const ALIASES = { alpha: DEMO_ALIAS, beta: 'alias/chaos/beta' } as const;
export type BindingId = keyof typeof ALIASES;

export const BOUND: Readonly<Record<BindingId, readonly string[]>> = {
  alpha: [FIRST, SECOND, THIRD],
  beta: [FOURTH],
};

/** One stage for every seed, so that its template is made once. Its schedules are the usual ones, but for one of a day. */
export const BINDINGS: StageBindings = {
  keyReconciliation: { everyHours: 1 },
  keyBindings: {
    alpha: { key: ALIASES.alpha, useCases: ['MANAGED_SERVICES'], workspaces: [...BOUND.alpha] },
    beta: { key: ALIASES.beta, useCases: ['MANAGED_SERVICES', 'STORAGE'], workspaces: [...BOUND.beta], canary: false },
  },
  secretBindings: {
    app: {
      secrets: { include: [{ namePrefix: 'app/' }] },
      ...{ workspaces: [FIRST, SECOND, THIRD], scopes: ['app'], prune: 'owned' },
      access: [
        { group: 'data', permission: 'READ' },
        { user: 'platform@example.com', permission: 'MANAGE' },
      ],
    },
    // Shares the scope `app` of one workspace with the binding above, and never deletes.
    shared: { secrets: { include: [{ namePrefix: 'shared/' }] }, workspaces: [SECOND], scopes: ['App'] },
    teams: {
      secrets: { taggedUnder: ['teams/'] },
      ...{ workspaces: [FIRST, FOURTH], scopes: ['team-*'], json: 'spread', prune: 'owned' },
      access: [{ group: 'team', permission: 'READ' }],
    },
    // New workspaces, too.
    everywhere: {
      secrets: { include: [{ namePrefix: 'everywhere/' }] },
      ...{ workspaces: 'all', scopes: ['everywhere'], prune: 'owned' },
    },
  },
};

/** Where the bindings above put what they select. */
export const PLACES = {
  app: { workspaces: [FIRST, SECOND, THIRD], scope: 'app' },
  shared: { workspaces: [SECOND], scope: 'app' },
  teams: { workspaces: [FIRST, FOURTH] },
  /** In every workspace that there is. */
  everywhere: { scope: 'everywhere' },
} as const;

/** Keys that people made; nobody else may touch them. */
export const FOREIGN = [
  { workspaceId: FIRST, scope: 'app', key: 'made-by-hand', value: 'a value of somebody else' },
  { workspaceId: SECOND, scope: 'private', key: 'password', value: 'another value of somebody else' },
  { workspaceId: FOURTH, scope: 'team-a', key: 'notes', value: 'a third value of somebody else' },
] as const;

export const FOREIGN_GRANT = { principal: 'auditors', permission: 'READ' } as const;

const MINUTE = 60_000;
const OLD = 'a0000000-0000-4000-8000-000000000001';
const CREDENTIALS = 'c0000000-0000-4000-8000-000000000001';

/** What the world of one seed is like before anything happens. */
export interface Scenario {
  readonly account: (keyArn: string, now: number) => AccountSeed;
  readonly switches: SwitchChanges;
  readonly makeSecrets: (aws: LocalAccount) => Promise<void>;
  /** A workspace that Databricks never brings to a new key; it has to be reported. */
  readonly stubborn: { readonly workspaceId: string; readonly outcome: Outcome } | undefined;
}

/** Draws networks, compute, secrets, and everything about Databricks that its documentation leaves open. */
export function drawScenario(draw: Draw): Scenario {
  const stubborn = draw.chance(0.2)
    ? { workspaceId: draw.one([SECOND, THIRD]), outcome: draw.one(['dropped', 'reverted'] as const) }
    : undefined;
  return {
    account: (keyArn, now) => ({
      ...GIVEN_SEED,
      credentials: [
        { id: CREDENTIALS, name: 'cross-account', roleArn: CROSS_ACCOUNT_ROLE },
        ...(GIVEN_SEED.credentials ?? []),
      ],
      keyConfigurations: [
        { id: OLD, keyArn, alias: ALIASES.alpha, useCases: ['MANAGED_SERVICES', 'STORAGE'], createdAt: now - 1e9 },
      ],
      workspaces: WORKSPACES.map((id) => ({
        ...workspace(id, draw.about(id)),
        ...(stubborn?.workspaceId === id && { network: 'customer' as const, outcome: stubborn.outcome }),
      })),
    }),
    switches: drawSwitches(draw.about('switches')),
    makeSecrets: (aws) => makeSecrets(aws, draw.about('secrets')),
    stubborn,
  };
}

function workspace(id: string, draw: Draw): WorkspaceSeed {
  const network = id === FIRST ? 'managed' : id === SECOND ? 'customer' : draw.one(['managed', 'customer'] as const);
  return {
    ...{ id, name: `ws-${id}`, deploymentName: `ws-${id}`, region: 'us-west-2', network, credentialsId: CREDENTIALS },
    managedServicesKeyId: OLD,
    clusters: [
      { id: `${id}-shared`, name: 'shared', source: draw.one(['UI', 'API'] as const) },
      { id: `${id}-job`, name: 'job', source: 'JOB', relaunches: draw.whole(0, 2) },
      { id: `${id}-idle`, name: 'idle', state: 'TERMINATED' },
    ],
    pools: [
      {
        ...{ id: `${id}-pool`, name: 'pool', minIdleInstances: draw.whole(0, 2), idle: 2, maxCapacity: 10 },
        idleInstanceAutoterminationMinutes: draw.one([0, 30]),
      },
    ],
    warehouses: [
      { id: `${id}-bi`, name: 'bi', state: draw.one(['RUNNING', 'STOPPED'] as const) },
      { id: `${id}-serverless`, name: 'serverless', state: 'RUNNING', serverless: true },
    ],
    secretScopes: FOREIGN.filter(({ workspaceId }) => workspaceId === id).map(({ scope, key, value }) => ({
      ...{ name: scope, acls: [FOREIGN_GRANT], secrets: [{ key, value }] },
    })),
  };
}

function drawSwitches(draw: Draw): SwitchChanges {
  return {
    lists: draw.one(['array', 'wrapped'] as const),
    patchBody: draw.one(['void', 'object', 'workspace', 'workspace-as-asked'] as const),
    refusalWhileRunning: draw.one(['400', '409'] as const),
    lastPageToken: draw.one(['absent', 'empty'] as const),
    unauthorizedCode: draw.one(['number', 'string'] as const),
    accountErrors: draw.one(['message', 'documented', 'code', 'text'] as const),
    aclLagMs: draw.one([0, 0, 2_000]),
    aclParallelWrites: draw.one(['fine', 'lossy'] as const),
    credentialsDelayMs: draw.one([0, 0, 90_000]),
    workspaceCredentialsDelayMs: draw.one([0, 0, 120_000]),
    duplicateWorkspaceName: draw.one(['accept', 'accept', 'refuse'] as const),
    deleteInUse: draw.one(['conflict', 'empty-conflict', 'invalid-state'] as const),
    deleteBody: draw.one(['void', 'object', 'deleted'] as const),
    removalStatus: draw.one(['CANCELLED', 'CANCELLING'] as const),
    secretsRateLimit: draw.one([null, null, { perSecond: 20 }, { perSecond: 10, retryAfterSeconds: 1 }]),
    timings: {
      tokenLifeMs: draw.one([60, 60, 5, 1]) * MINUTE,
      notProvisionedMs: draw.one([0, 0, MINUTE]),
      creationMs: draw.one([1, 5, 5, 15]) * MINUTE,
      hostLagMs: draw.one([0, 0, MINUTE]),
      workspaceRemovalMs: draw.one([1, 3, 10]) * MINUTE,
      releaseMs: draw.one([0, 1, 5]) * MINUTE,
    },
  };
}

async function makeSecrets({ secrets }: LocalAccount, draw: Draw): Promise<void> {
  secrets.listing.lagMs = draw.one([0, 0, 60_000, 300_000]);
  for (let index = 0; index < draw.whole(3, 8); index += 1) {
    const bytes = Buffer.from(secretValue(`bytes ${index}`)).toString('base64');
    const content = draw.chance(0.2) ? { SecretBinary: bytes } : { SecretString: secretValue(`first ${index}`) };
    await secrets.handle('CreateSecret', { Name: `app/key-${index}`, ...content });
  }
  await secrets.handle('CreateSecret', { Name: 'shared/common', SecretString: secretValue('shared') });
  await secrets.handle('CreateSecret', { Name: 'everywhere/common', SecretString: secretValue('everywhere') });
  for (const [index, team] of ['team-a', 'team-b'].entries()) {
    await secrets.handle('CreateSecret', {
      Name: `teams/db-${index}`,
      SecretString: JSON.stringify({ user: secretValue('user'), password: secretValue('password') }),
      Tags: [{ Key: 'databricks:scope', Value: team }],
    });
  }
}
