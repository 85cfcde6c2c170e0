import { type SyncScopePorts, syncScope } from '../../lambda/app/sync-scope.ts';
import type { SecretBinding } from '../../lambda/contract/secret-bindings.ts';
import type { SyncScopeInput } from '../../lambda/contract/secret-sync.ts';
import { FakeScopes } from './fake-secret-scopes.ts';
import { FakeSource } from './fake-secret-source.ts';
import { FakeLeases } from './fake-state.ts';
import { bindings, FakeClock } from './fakes.ts';
import {
  CREDENTIAL_SECRET,
  FakeBudget,
  FakeHosts,
  FakeLedger,
  FakeRecords,
  HOST,
  scopeInput,
  secretBinding,
} from './secret-fakes.ts';

/** Everything that the sync of one scope needs, in memory. */
export class Stand {
  readonly clock = new FakeClock();
  readonly source = new FakeSource();
  readonly scopes = new FakeScopes();
  readonly ledger = new FakeLedger();
  readonly records = new FakeRecords();
  readonly hosts = new FakeHosts();
  readonly pruneBudget = new FakeBudget();
  readonly leases = new FakeLeases(this.clock.now);
  readonly bindings: SecretBinding[];
  timeLeft = 500_000;
  #syncs = 0;

  constructor(...list: readonly SecretBinding[]) {
    this.bindings = list.length > 0 ? [...list] : [secretBinding()];
    this.hosts.hosts.set(HOST.workspaceId, HOST);
  }

  sync(change: Partial<SyncScopeInput> = {}) {
    this.#syncs += 1;
    const before = this.scopes.calls.length;
    const ports: SyncScopePorts = {
      ...this,
      bindings: { ...bindings(), secretBindings: this.bindings, credentialSecret: CREDENTIAL_SECRET },
      calls: () => this.scopes.calls.length - before,
      clock: this.clock.now,
      pause: async (ms) => {
        this.clock.time += ms;
      },
      random: () => 0.5,
      timeLeft: () => this.timeLeft,
    };
    const bindingIds = this.bindings.map(({ id }) => id);
    return syncScope(scopeInput({ bindingIds, syncId: `sync-${this.#syncs}`, ...change }), ports);
  }
}

/** `STATUS key Failure` of each secret that a run tells of. */
export const statuses = async (run: ReturnType<Stand['sync']>) =>
  (await run).result.secrets.map(
    ({ key, status, failure }) => `${status} ${key}${failure === undefined ? '' : ` ${failure}`}`,
  );
