import type { AccountWorkspaces } from './account-workspaces.ts';
import type { ClusterChange } from './clusters.ts';
import type { Conditions } from './conditions.ts';
import type { CreationPlan, CreationPlans } from './creation-plans.ts';
import type { Credentials } from './credentials.ts';
import type { Fault, Faults } from './faults.ts';
import type { KeyConfigurations } from './key-configurations.ts';
import type { NetworkFindings } from './network-findings.ts';
import type { Networks } from './networks.ts';
import type { PrivateAccessSettings } from './private-access-settings.ts';
import type { Body } from './request-body.ts';
import type { Counters, RequestLog, RequestRecord } from './request-log.ts';
import type { SecretScopeState } from './secret-scopes.ts';
import type {
  ClusterSeed,
  Outcome,
  PoolSeed,
  SecretPermission,
  SecretScopeSeed,
  ServicePrincipalSeed,
  WarehouseSeed,
  WorkspaceStatus,
} from './seed.ts';
import type { WarehouseChange } from './sql-warehouses.ts';
import type { StorageConfigurations } from './storage-configurations.ts';
import type { SwitchChanges, Switches } from './switches.ts';
import type { Tokens } from './tokens.ts';
import type { Violation, Violations } from './violations.ts';
import type { Workspace, WorkspaceChange } from './workspace.ts';
import type { Settings } from './workspace-settings.ts';

/** The simulated account at one moment. Clusters, pools, warehouses and configurations are shown as the APIs do. */
export interface SimulatorState {
  readonly now: number;
  readonly accountId: string;
  readonly switches: Switches;
  readonly keyConfigurations: readonly Body[];
  readonly credentials: readonly Body[];
  readonly storageConfigurations: readonly Body[];
  readonly networks: readonly Body[];
  readonly privateAccessSettings: readonly Body[];
  readonly workspaces: readonly WorkspaceState[];
  readonly violations: readonly Violation[];
}

interface WorkspaceState {
  readonly id: string;
  readonly name: string;
  readonly deploymentName: string;
  readonly region: string;
  readonly network: 'managed' | 'customer';
  readonly status: WorkspaceStatus;
  /** An accepted update has not settled yet. */
  readonly updating: boolean;
  /** How the next update will end. */
  readonly outcome: Outcome;
  readonly managedServicesKeyId: string | null;
  readonly storageKeyId: string | null;
  /** Ids of everything that it refers to, by the field of the Account API. */
  readonly references: Settings['references'];
  readonly clusters: readonly Body[];
  readonly pools: readonly Body[];
  readonly warehouses: readonly Body[];
  /** Never a value. */
  readonly secretScopes: readonly SecretScopeState[];
}

interface ControlParts {
  readonly conditions: Conditions;
  readonly accountId: string;
  readonly keys: KeyConfigurations;
  readonly credentials: Credentials;
  readonly storage: StorageConfigurations;
  readonly networks: Networks;
  readonly privateAccess: PrivateAccessSettings;
  readonly plans: CreationPlans;
  readonly workspaces: AccountWorkspaces;
  readonly tokens: Tokens;
  readonly violations: Violations;
  readonly faults: Faults;
  readonly log: RequestLog;
  readonly setSwitches: (changes: SwitchChanges) => void;
}

/** The hand of the test or of the person who runs the simulator. Unknown ids throw. */
export class Control {
  readonly #parts: ControlParts;

  constructor(parts: ControlParts) {
    this.#parts = parts;
  }

  state(): SimulatorState {
    const { conditions, accountId, keys, credentials, storage, networks, privateAccess } = this.#parts;
    const { workspaces, violations } = this.#parts;
    workspaces.settle();
    return {
      now: conditions.now(),
      accountId,
      switches: conditions.switches(),
      keyConfigurations: keys.views(),
      credentials: credentials.views(),
      storageConfigurations: storage.views(),
      networks: networks.states(),
      privateAccessSettings: privateAccess.views(),
      workspaces: workspaces.all().map(workspaceState),
      violations: violations.all(),
    };
  }

  /** The last 10,000 requests, oldest first. */
  requests(): readonly RequestRecord[] {
    return this.#parts.log.records();
  }

  counters(): Counters {
    return this.#parts.log.counters();
  }

  /** Forgets requests and counters. */
  resetRequests(): void {
    this.#parts.log.reset();
  }

  addFault(fault: Fault): void {
    this.#parts.faults.add(fault);
  }

  clearFaults(): void {
    this.#parts.faults.clear();
  }

  setSwitches(changes: SwitchChanges): void {
    this.#parts.setSwitches(changes);
  }

  /** How creations that are yet to be asked for will end. */
  planCreation(plan: CreationPlan): void {
    this.#parts.plans.add(plan);
  }

  clearCreationPlans(): void {
    this.#parts.plans.clear();
  }

  /** What checks of this network find from now on; without findings it is repaired. */
  setNetworkFindings(networkId: string, findings: NetworkFindings): void {
    this.#parts.networks.setFindings(networkId, findings);
  }

  /** Sets the status, which ends an update that is going on, or how the next update ends. */
  changeWorkspace(id: string, change: WorkspaceChange): void {
    this.#settled(id).change(change);
  }

  /** As the account console does. Neither this nor the next is in reach of the control endpoint. */
  addServicePrincipal(seed: ServicePrincipalSeed): void {
    this.#parts.tokens.addPrincipal(seed);
  }

  deleteServicePrincipal(clientId: string): void {
    this.#parts.tokens.removePrincipal(clientId);
  }

  addCluster(workspaceId: string, seed: ClusterSeed): void {
    this.#settled(workspaceId).clusters.add(seed);
  }

  changeCluster(workspaceId: string, clusterId: string, change: ClusterChange): void {
    this.#settled(workspaceId).clusters.change(clusterId, change);
  }

  addPool(workspaceId: string, seed: PoolSeed): void {
    this.#settled(workspaceId).pools.add(seed);
  }

  setIdleInstances(workspaceId: string, poolId: string, idle: number): void {
    this.#settled(workspaceId).pools.setIdle(poolId, idle);
  }

  addWarehouse(workspaceId: string, seed: WarehouseSeed): void {
    this.#settled(workspaceId).warehouses.add(seed);
  }

  changeWarehouse(workspaceId: string, warehouseId: string, change: WarehouseChange): void {
    this.#settled(workspaceId).warehouses.change(warehouseId, change);
  }

  createScope(workspaceId: string, seed: SecretScopeSeed): void {
    this.#settled(workspaceId).secretScopes.add(seed);
  }

  deleteScope(workspaceId: string, scope: string): void {
    this.#settled(workspaceId).secretScopes.remove(scope);
  }

  /** Writes as somebody else would, also into a Key Vault scope; the value is stored as UTF-8. */
  putSecret(workspaceId: string, scope: string, key: string, value: string): void {
    this.#settled(workspaceId).secretScopes.find(scope).put(key, Buffer.from(value, 'utf8'));
  }

  deleteSecret(workspaceId: string, scope: string, key: string): void {
    this.#settled(workspaceId).secretScopes.find(scope).remove(key);
  }

  /** Is never lost, unlike the writes of callers. */
  putAcl(workspaceId: string, scope: string, principal: string, permission: SecretPermission): void {
    this.#settled(workspaceId).secretScopes.find(scope).acls.set(principal, permission);
  }

  deleteAcl(workspaceId: string, scope: string, principal: string): void {
    this.#settled(workspaceId).secretScopes.find(scope).acls.set(principal, undefined);
  }

  /** The next so many ACL writes of callers to this workspace are accepted and lost. */
  aclLosesNext(workspaceId: string, count: number): void {
    this.#settled(workspaceId).secretScopes.loseAclWrites(count);
  }

  /** What is stored, as UTF-8; undefined when there is no such scope or key. Not in reach of the control endpoint. */
  secretValue(workspaceId: string, scope: string, key: string): string | undefined {
    return this.secretBytes(workspaceId, scope, key)?.toString('utf8');
  }

  /** What is stored. */
  secretBytes(workspaceId: string, scope: string, key: string): Buffer | undefined {
    return this.#settled(workspaceId).secretScopes.peek(scope)?.find(key)?.value;
  }

  #settled(workspaceId: string): Workspace {
    const workspace = this.#parts.workspaces.find(workspaceId);
    workspace.settle();
    return workspace;
  }
}

const workspaceState = (workspace: Workspace): WorkspaceState => {
  const { seed, clusters, pools, warehouses } = workspace;
  const { references } = workspace.settings;
  return {
    id: seed.id,
    name: seed.name,
    deploymentName: seed.deploymentName,
    region: seed.region,
    network: workspace.customerNetwork ? 'customer' : 'managed',
    status: workspace.status,
    updating: workspace.updating,
    outcome: workspace.outcome,
    managedServicesKeyId: references.managed_services_customer_managed_key_id ?? null,
    storageKeyId: references.storage_customer_managed_key_id ?? null,
    references,
    clusters: clusters.views(),
    pools: pools.views((id) => clusters.useOf(id)),
    warehouses: warehouses.views(),
    secretScopes: workspace.secretScopes.states(),
  };
};
