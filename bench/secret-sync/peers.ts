import { inParallel } from '../../lambda/app/in-parallel.ts';
import { NONE, type Patience, plainCalls } from './plain-calls.ts';
import { type Stand, SyncFailed } from './stand.ts';
import type { Strategy } from './strategy.ts';
import { SCOPE, WORKSPACE_ID } from './workspace.ts';

/** axios-retry as Infisical sets it up: three more tries, 0.2 s doubling or what the server asks for, and up to a fifth. */
const axiosRetry: Patience = (refusals, retryAfterMs) =>
  refusals > 3 ? undefined : Math.max(100 * 2 ** refusals, retryAfterMs) * 1.1;

/** The Databricks SDKs: one second more after each refusal, at most ten, and some jitter; for five minutes. */
const databricksSdk: Patience = (refusals) => (refusals > 34 ? undefined : Math.min(10, refusals) * 1_000 + 400);

/** Terraform's `-parallelism`, and the provider's `rate_limit` a second; both as they are by default. */
const TERRAFORM = { parallel: 10, perSecond: 15 };

/** A principal that may read, for the strategies that keep an access list. */
export const READER = 'data-engineers';

/** Puts every secret, lists, deletes what is foreign; the job is tried five times, from the first secret. */
const infisical: Strategy = {
  name: 'Infisical style',
  restartsAfterMs: [3_000, 6_000, 12_000, 24_000],
  install: (stand) => {
    const calls = plainCalls(stand, axiosRetry);
    const { keys } = stand.secrets;
    stand.control.createScope(WORKSPACE_ID, { name: SCOPE });
    return async () => {
      for (const key of keys) await calls.put(key);
      for (const key of foreign(await calls.list(), keys)) await calls.delete(key);
    };
  },
};

/**
 * One resource for each secret: refreshed by a list of the whole scope, and replaced (deleted, put, listed) when its value
 * changed. A resource that fails leaves the others alone.
 */
const terraform: Strategy = {
  name: 'Terraform style',
  restartsAfterMs: [],
  install: (stand) => {
    const calls = plainCalls(stand, databricksSdk, turnsOf(stand, TERRAFORM.perSecond));
    const { secrets } = stand;
    const state = new Map<string, string>();
    let scopeStands = false;
    const makeScope = async (): Promise<void> => {
      await calls.post('scopes/create', { scope: SCOPE });
      await calls.get('scopes/list');
      await calls.post('acls/put', { scope: SCOPE, principal: READER, permission: 'READ' });
      await calls.get(`acls/get?scope=${SCOPE}&principal=${READER}`);
      scopeStands = true;
    };
    const refresh = async (): Promise<void> => {
      await calls.get('scopes/list');
      await calls.get(`acls/get?scope=${SCOPE}&principal=${READER}`);
      await inParallel([...state.keys()], TERRAFORM.parallel, async () => {
        await calls.list();
      });
    };
    const apply = async (key: string): Promise<void> => {
      if (state.has(key)) await calls.delete(key);
      state.delete(key);
      await calls.put(key);
      state.set(key, secrets.value(key));
      await calls.list();
    };
    return async () => {
      await (scopeStands ? refresh() : makeScope());
      const differing = secrets.keys.filter((key) => state.get(key) !== secrets.value(key));
      await eachAlone(differing, TERRAFORM.parallel, apply);
    };
  },
};

/** Makes the scope once; puts every secret every five minutes; starts over half a minute after a failure. */
const kubernetesOperator: Strategy = {
  name: 'Kubernetes operator style',
  restartsAfterMs: [30_000, 30_000, 30_000, 30_000],
  install: (stand) => {
    const calls = plainCalls(stand, NONE);
    let scopeStands = false;
    return async () => {
      if (!scopeStands) {
        await calls.get('scopes/list');
        await calls.post('scopes/create', { scope: SCOPE });
        scopeStands = true;
      }
      for (const key of stand.secrets.keys) await calls.put(key);
    };
  },
};

/** Empties the scope and fills it again. */
const deleteThenPut: Strategy = {
  name: 'Delete all, then put',
  restartsAfterMs: [],
  install: (stand) => {
    const calls = plainCalls(stand, databricksSdk);
    let scopeStands = false;
    return async () => {
      if (!scopeStands) await calls.post('scopes/create', { scope: SCOPE });
      scopeStands = true;
      for (const key of await calls.list()) await calls.delete(key);
      for (const key of stand.secrets.keys) await calls.put(key);
    };
  },
};

const BATCH = 10;

/** Makes the scope or is told that it stands; lists; puts in batches, each waiting for its slowest; deletes what is foreign. */
const nexusStack: Strategy = {
  name: 'Nexus-Stack style',
  restartsAfterMs: [],
  install: (stand) => {
    const calls = plainCalls(stand, NONE);
    const { keys } = stand.secrets;
    return async () => {
      await calls.post('scopes/create', { scope: SCOPE, initial_manage_principal: 'users' }).catch(standsAlready);
      const stale = foreign(await calls.list(), keys);
      const failures: unknown[] = [];
      for (let from = 0; from < keys.length; from += BATCH) {
        const outcomes = await Promise.allSettled(keys.slice(from, from + BATCH).map((key) => calls.put(key)));
        failures.push(...outcomes.filter(({ status }) => status === 'rejected'));
      }
      for (const key of stale) await calls.delete(key);
      if (failures.length > 0) throw new SyncFailed(`${failures.length} keys`);
    };
  },
};

export const PEERS: readonly Strategy[] = [infisical, terraform, kubernetesOperator, deleteThenPut, nexusStack];

const foreign = (found: readonly string[], wanted: readonly string[]): readonly string[] => {
  const known = new Set(wanted);
  return found.filter((key) => !known.has(key));
};

const standsAlready = (error: unknown): void => {
  if (!(error instanceof SyncFailed)) throw error;
};

/** Hands out turns at an even distance. */
function turnsOf({ now, wait }: Stand, perSecond: number): () => Promise<void> {
  let next = 0;
  return async () => {
    const turn = Math.max(now(), next);
    next = turn + 1_000 / perSecond;
    if (turn > now()) await wait(turn - now());
  };
}

/** Does `work` for each item whatever becomes of the others. Fails with SyncFailed if one did. */
async function eachAlone(items: readonly string[], most: number, work: (item: string) => Promise<void>): Promise<void> {
  const failed: string[] = [];
  await inParallel(items, most, async (item) => {
    await work(item).catch((error: unknown) => {
      if (!(error instanceof SyncFailed)) throw error;
      failed.push(item);
    });
  });
  if (failed.length > 0) throw new SyncFailed(`${failed.length} resources`);
}
