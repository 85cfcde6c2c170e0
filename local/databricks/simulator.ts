import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { AccountWorkspaces } from './account-workspaces.ts';
import type { Conditions } from './conditions.ts';
import { Control } from './control.ts';
import { CreationPlans } from './creation-plans.ts';
import { Credentials } from './credentials.ts';
import { type Fault, Faults } from './faults.ts';
import { KeyConfigurations } from './key-configurations.ts';
import { createListener } from './listener.ts';
import { Networks } from './networks.ts';
import { PrivateAccessSettings } from './private-access-settings.ts';
import { RequestLog } from './request-log.ts';
import type { AccountSeed } from './seed.ts';
import type { CanUseKey } from './setup-obstacle.ts';
import { StorageConfigurations } from './storage-configurations.ts';
import { changed, DEFAULT_SWITCHES, type SwitchChanges } from './switches.ts';
import { Tokens } from './tokens.ts';
import { Violations } from './violations.ts';

export interface SimulatorOptions {
  /** Port on 127.0.0.1; 0 takes a free one. */
  readonly port: number;
  /** Milliseconds since the epoch. Everything that happens in the background is computed from it. */
  readonly now: () => number;
  readonly seed: AccountSeed;
  readonly switches?: SwitchChanges;
  readonly faults?: readonly Fault[];
  /** For faults with a probability. Default 1. */
  readonly randomSeed?: number;
  /** Default: every key can be used. */
  readonly canUseKey?: CanUseKey;
}

export interface DatabricksSimulator {
  /** Of the listener; the control endpoint is below `/control`. */
  readonly url: string;
  /** Stands for `https://accounts.cloud.databricks.com`. */
  readonly accountHost: string;
  /** Stands for `https://{deployment_name}.cloud.databricks.com`. */
  readonly workspaceUrlTemplate: string;
  readonly accountId: string;
  /** Of a service principal that is account admin and assigned to every workspace. */
  readonly clientId: string;
  readonly clientSecret: string;
  readonly control: Control;
  /** Cuts all connections and frees the port. */
  close(): Promise<void>;
}

const ACCOUNT_ID = '0d26daa6-5e44-4c97-a497-ef015f91254a';
const CLIENT_ID = '4b3c1d2e-0f5a-4e6b-8c7d-9a0b1c2d3e4f';
const CLIENT_SECRET = 'simulated-client-secret';

/**
 * Starts a Databricks account with its workspaces on 127.0.0.1. The real services answer at the root of their hosts;
 * here one listener plays them all: `/account` is the account host, `/w/{deployment_name}` the host of a workspace.
 *
 * Written from the documentation and from public reports alone, as a judge of clients that knows none of them. What is
 * only documented, observed once or guessed is a switch (`Switches`) or says so where it stands. Rejects when the port
 * is taken or the seed makes no sense.
 */
export const startDatabricksSimulator = async (options: SimulatorOptions): Promise<DatabricksSimulator> => {
  const { seed } = options;
  const accountId = seed.accountId ?? ACCOUNT_ID;
  let switches = changed(DEFAULT_SWITCHES, options.switches ?? {});
  const conditions: Conditions = { now: options.now, switches: () => switches };
  const own = { clientId: CLIENT_ID, clientSecret: CLIENT_SECRET, accountAdmin: true, workspaces: 'all' } as const;
  const tokens = new Tokens(conditions, [own, ...(seed.servicePrincipals ?? [])]);
  const violations = new Violations();
  const keys = new KeyConfigurations(conditions, accountId, seed.keyConfigurations ?? [], violations);
  const credentials = new Credentials(conditions, accountId, seed.credentials ?? []);
  const canUseKey = options.canUseKey ?? (async () => true);
  const storage = new StorageConfigurations(conditions, accountId, seed.storageConfigurations ?? []);
  const attached = (networkId: string) => workspaces.attachment(networkId);
  const networks = new Networks(conditions, accountId, seed.networks ?? [], violations, attached);
  const privateAccess = new PrivateAccessSettings(conditions, accountId);
  const plans = new CreationPlans();
  const configurations = { keys, credentials, storage, networks, privateAccess };
  const around = { ...configurations, plans, violations, canUseKey };
  const workspaces = new AccountWorkspaces(conditions, accountId, seed.workspaces ?? [], around);
  const faults = new Faults(options.randomSeed ?? 1);
  for (const fault of options.faults ?? []) faults.add(fault);
  const log = new RequestLog();
  const setSwitches = (changes: SwitchChanges): void => {
    switches = changed(switches, changes);
  };
  const parts = { conditions, accountId, ...configurations, workspaces, violations, faults, log };
  const control = new Control({ ...parts, tokens, plans, setSwitches });
  const server = createListener({ ...parts, tokens, control });
  server.listen(options.port, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    accountHost: `${url}/account`,
    workspaceUrlTemplate: `${url}/w/{deployment_name}`,
    accountId,
    clientId: CLIENT_ID,
    clientSecret: CLIENT_SECRET,
    control,
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
};
