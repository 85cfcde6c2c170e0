import type { SecretResult, SyncSummary } from '../../lambda/contract/secret-sync.ts';
import type { LocalAccount } from '../../local/aws/local-account.ts';
import type { SecretScopeState } from '../../local/databricks/secret-scopes.ts';
import type { WorkspaceSeed } from '../../local/databricks/seed.ts';
import { CROSS_ACCOUNT_ROLE, DEMO_ALIAS } from '../../local/demo/account.ts';
import { readSummary } from '../../local/demo/read-summary.ts';
import type { StageBindings } from '../../local/demo/stage.ts';
import type { Ended } from '../../local/ended-executions.ts';
import { startWorld, type World } from '../../local/world.ts';

export const IDS = { one: '1001', two: '9007199254740993', three: '3003' } as const;
const KEY = 'a0000000-0000-4000-8000-000000000001';

/** One stage for all flow tests of the secret sync, so that its template is made once. */
const BINDINGS: StageBindings = {
  keyBindings: {
    managed: { key: DEMO_ALIAS, useCases: ['MANAGED_SERVICES'], workspaces: [IDS.one, IDS.two], canary: false },
  },
  secretBindings: {
    app: {
      secrets: { include: [{ namePrefix: 'app/' }, { tag: { key: 'synced', value: 'yes' } }] },
      ...{ workspaces: [IDS.one, IDS.two], scopes: ['app'] },
      access: [{ group: 'data', permission: 'READ' }],
      ...{ prune: 'owned', pruneLimit: 3 },
    },
    // Shares the scope `app` of one workspace with the binding above.
    shared: {
      secrets: { include: [{ namePrefix: 'shared/' }] },
      ...{ workspaces: [IDS.one], scopes: ['App'] },
      access: [{ group: 'ops', permission: 'MANAGE' }],
    },
    teams: {
      secrets: { taggedUnder: ['teams/'] },
      ...{ workspaces: [IDS.one, IDS.two], scopes: ['team-*'], json: 'spread', prune: 'owned' },
    },
    report: {
      secrets: { include: [{ namePrefix: 'report/' }] },
      ...{ workspaces: [IDS.two], scopes: ['report'], drift: 'report' },
    },
    bulk: { secrets: { include: [{ namePrefix: 'bulk/' }] }, workspaces: [IDS.one], scopes: ['bulk'] },
    third: { secrets: { include: [{ namePrefix: 'third/' }] }, workspaces: [IDS.three], scopes: ['third'] },
  },
};

const workspace = (id: string, change: Partial<WorkspaceSeed>): WorkspaceSeed => ({
  id,
  name: `ws-${id}`,
  deploymentName: `ws-${id}`,
  region: 'us-west-2',
  network: 'customer',
  credentialsId: 'c0000000-0000-4000-8000-000000000001',
  managedServicesKeyId: KEY,
  ...change,
});

/** Stands at the end of every text value that these worlds write; closing one looks for it wherever it must not be. */
export const CANARY = '-c4n4ry-0b6e55';

export interface SecretWorld extends World {
  /** Ends with an error if a value was in a log, a state, an event, a table or a message at any time. */
  close(): Promise<void>;
  create(name: string, value: string | Uint8Array, tags?: Readonly<Record<string, string>>): Promise<string>;
  put(name: string, value: string): Promise<void>;
  /** The summary of a sync, also of one that failed. */
  summary(ended: Ended): Promise<SyncSummary>;
  /** Runs a sync and answers its summary. */
  synced(input?: object): Promise<SyncSummary>;
  /** The summary of the next sync that anything starts. */
  nextSync(): Promise<SyncSummary>;
  /** Keys and values of a scope, as UTF-8. */
  scope(workspaceId: string, scope: string): Readonly<Record<string, string>>;
  /** Undefined if there is no such scope; found without case, as Databricks finds it. */
  scopeState(workspaceId: string, scope: string): SecretScopeState | undefined;
  /** Requests to the Secrets API since the last call of this, as `POST put`; token requests not. */
  secretCalls(): readonly string[];
}

/** The stage on this machine. `changes` are made to workspaces by id before it starts; null leaves one out. */
export async function startSecretWorld(
  changes: Readonly<Record<string, Partial<WorkspaceSeed> | null>> = {},
  watch: (what: unknown) => void = () => undefined,
): Promise<SecretWorld> {
  const seen: string[] = [];
  const note = (what: unknown): void => {
    watch(what);
    const text = typeof what === 'string' ? what : JSON.stringify(what);
    if (text.includes(CANARY)) seen.push(text);
  };
  const world = await startWorld({
    ...{ onHistory: note, onLog: note, onEvent: note },
    bindings: BINDINGS,
    account: (keyArn, now) => ({
      credentials: [{ id: 'c0000000-0000-4000-8000-000000000001', name: 'cross-account', roleArn: CROSS_ACCOUNT_ROLE }],
      keyConfigurations: [
        { id: KEY, keyArn, alias: DEMO_ALIAS, useCases: ['MANAGED_SERVICES', 'STORAGE'], createdAt: now - 1e9 },
      ],
      workspaces: Object.values(IDS).flatMap((id) => (changes[id] === null ? [] : workspace(id, changes[id] ?? {}))),
    }),
  });
  const { control } = world.databricks;
  const summary = async ({ executionArn, error, cause }: Ended): Promise<SyncSummary> => {
    const found = await readSummary(world, executionArn, 'Summarize sync');
    if (found === undefined) throw new Error(`the sync has no summary: ${error}: ${cause}`);
    return found as SyncSummary;
  };
  const scopeState: SecretWorld['scopeState'] = (workspaceId, scope) =>
    control
      .state()
      .workspaces.find(({ id }) => id === workspaceId)
      ?.secretScopes.find(({ name }) => name.toLowerCase() === scope.toLowerCase());
  return {
    ...world,
    close: async () => {
      try {
        for (const TableName of [world.outputs.StateTableName, world.outputs.EvidenceTableName]) {
          note(await world.aws.callAws('dynamodb', 'Scan', { TableName }));
        }
        note(world.aws.sns.published);
      } finally {
        await world.close();
      }
      if (seen.length > 0) throw new Error(`the value of a secret was in ${seen.length} places: ${seen[0]}`);
    },
    create: (name, value, tags = {}) => createSecret(world.aws, name, value, tags),
    put: async (SecretId, value) => {
      await world.aws.secrets.handle('PutSecretValue', { SecretId, SecretString: marked(value) });
    },
    summary,
    synced: async (input = {}) => summary(await world.syncSecrets(input)),
    nextSync: async () => summary(await world.nextEndOf(world.outputs.SecretSyncStateMachineArn)),
    scope: (workspaceId, scope) => {
      const { secrets = [] } = scopeState(workspaceId, scope) ?? {};
      return Object.fromEntries(
        secrets.map(({ key }) => [
          key,
          control.secretValue(workspaceId, scope, key)?.replace(CANARY, '') ?? 'no value',
        ]),
      );
    },
    scopeState,
    secretCalls: () => {
      const calls = control.requests().flatMap(
        ({ method, path }) =>
          /\/secrets\/(.+)$/
            .exec(path)
            ?.slice(1)
            .map((what) => `${method} ${what}`) ?? [],
      );
      control.resetRequests();
      return calls;
    },
  };
}

/** JSON stays JSON: its texts are marked. */
const marked = (value: string): string =>
  value.startsWith('{') ? value.replace(/"(?=[,}])/g, `${CANARY}"`) : `${value}${CANARY}`;

async function createSecret(
  { secrets }: LocalAccount,
  Name: string,
  value: string | Uint8Array,
  tags: Readonly<Record<string, string>>,
): Promise<string> {
  const content =
    typeof value === 'string'
      ? { SecretString: marked(value) }
      : { SecretBinary: Buffer.from(value).toString('base64') };
  const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
  const { ARN } = (await secrets.handle('CreateSecret', { Name, ...content, Tags })) as { readonly ARN: string };
  return ARN;
}

/** What a summary tells of one secret or key, over all scopes. */
export const told = ({ scopes }: SyncSummary, name: string): readonly SecretResult[] =>
  scopes.flatMap(({ secrets }) => secrets.filter(({ key, secret }) => key === name || secret === name));
