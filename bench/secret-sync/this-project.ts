import { type SyncScopePorts, syncScope } from '../../lambda/app/sync-scope.ts';
import type { ScopeResult } from '../../lambda/contract/secret-sync.ts';
import { createDatabricksHttp } from '../../lambda/databricks/http.ts';
import { WorkspaceSecrets } from '../../lambda/databricks/workspace-secrets.ts';
import { FakeLeases } from '../../test/app/fake-state.ts';
import { bindings } from '../../test/app/fakes.ts';
import {
  FakeBudget,
  FakeHosts,
  FakeLedger,
  FakeRecords,
  HOST,
  scopeInput,
  secretBinding,
} from '../../test/app/secret-fakes.ts';
import type { Client } from './client.ts';
import { arnOfKey } from './numbered-secrets.ts';
import { READER } from './peers.ts';
import { SyncFailed } from './stand.ts';
import type { Strategy } from './strategy.ts';

/** Of one run of the step `Sync scope`. */
const STEP_MS = 10 * 60_000;

/**
 * The use case `syncScope` with the real client, started as its state machine does, step after step until it is done.
 * Its ledger, leases, records and secrets are in memory, and each call of them takes a round trip to AWS, which the
 * other strategies are spared.
 */
export function installThisProject(client: Client): (changed: string | null) => Promise<void> {
  const state = stateOf(client);
  return async (changed) => {
    const secrets = changed === null ? null : [arnOfKey(changed)];
    for (let earlier: ScopeResult | null = null, done = false; !done; ) {
      const output = await syncScope(scopeInput({ secrets, earlier }), portsOf(client, state));
      ({ done, result: earlier } = output);
    }
  };
}

export const thisProject: Strategy = {
  name: 'This project',
  restartsAfterMs: [],
  install: installThisProject,
};

/** Without its events: what changed is found by the next look at everything. */
export const sweepAlone: Strategy = {
  name: 'This project, sweep only',
  restartsAfterMs: [],
  install: (stand) => {
    const sync = installThisProject(stand);
    return () => sync(null);
  },
};

type State = Pick<SyncScopePorts, 'source' | 'ledger' | 'records' | 'pruneBudget' | 'leases' | 'hosts'>;

const stateOf = ({ secrets, now, aws }: Client): State => {
  const hosts = new FakeHosts();
  hosts.hosts.set(HOST.workspaceId, HOST);
  return {
    hosts: afar(hosts, aws),
    source: afar(secrets, aws),
    ledger: afar(new FakeLedger(), aws),
    records: afar(new FakeRecords(), aws),
    pruneBudget: afar(new FakeBudget(), aws),
    leases: afar(new FakeLeases(now), aws),
  };
};

function portsOf({ baseUrl, clientId, token, transport, now, wait }: Client, state: State): SyncScopePorts {
  const ends = now() + STEP_MS;
  const timeLeft = (): number => ends - now();
  const http = createDatabricksHttp({
    ...{ baseUrl, api: 'workspace', transport, sleep: wait, now, random: Math.random, remainingMs: timeLeft },
    tokens: { get: async () => token, drop: tokenRefused },
  });
  return {
    ...state,
    bindings: {
      ...bindings(),
      secretBindings: [secretBinding({ access: [{ principal: READER, permission: 'READ' }] })],
    },
    scopes: new WorkspaceSecrets(http, async () => clientId),
    ...{ calls: () => http.calls(), clock: now, pause: wait, random: Math.random, timeLeft },
  };
}

const tokenRefused = (): never => {
  throw new SyncFailed('the token was refused');
};

/** The same port, with `away` awaited before each call of one of its methods. */
const afar = <T extends object>(port: T, away: () => Promise<void>): T =>
  new Proxy(port, {
    get: (target, name) => {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== 'function') return member;
      return async (...args: readonly unknown[]) => {
        await away();
        return Reflect.apply(member, target, args);
      };
    },
  });
