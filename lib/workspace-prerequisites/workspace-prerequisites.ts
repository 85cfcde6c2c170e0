import { CfnOutput, Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { UseCase } from '../../lambda/contract/bindings.ts';
import { CrossAccountRole, type CrossAccountRoleProps } from './cross-account-role.ts';
import { RootBucket } from './root-bucket.ts';
import { WorkspaceKey } from './workspace-key.ts';

export interface WorkspacePrerequisitesProps extends CrossAccountRoleProps {
  readonly bucketName?: string | undefined;
  /** Three earlier versions of what is overwritten, for seven days. Default false. */
  readonly bucketVersioning?: boolean;
  /** Aliases of the keys that are made; the same alias twice makes one key. */
  readonly keys?: {
    readonly managedServices?: string | undefined;
    readonly storage?: string | undefined;
    /** Default true, as in Databricks. */
    readonly reuseKeyForClusterVolumes?: boolean;
  };
}

/**
 * What workspaces stand on in an AWS account: role, root bucket and, if they are named, keys. Its outputs are the parts
 * of a request for a workspace, one by one and, as `WorkspaceRequest`, together. One per stack.
 */
export class WorkspacePrerequisites extends Construct {
  readonly crossAccountRole: CrossAccountRole;
  readonly rootBucket: RootBucket;
  /** Undefined if no alias was given for it. */
  readonly managedServicesKey: WorkspaceKey | undefined;
  /** Undefined if no alias was given for it; the key for managed services if both have one alias. */
  readonly storageKey: WorkspaceKey | undefined;

  constructor(scope: Construct, id: string, props: WorkspacePrerequisitesProps) {
    super(scope, id);
    const { bucketName, bucketVersioning = false, keys = {} } = props;
    const { managedServices, storage, reuseKeyForClusterVolumes = true } = keys;
    this.crossAccountRole = new CrossAccountRole(this, 'CrossAccountRole', props);
    const { role } = this.crossAccountRole;
    const makeKey = (name: string, alias: string | undefined, useCases: readonly UseCase[]) =>
      alias === undefined
        ? undefined
        : new WorkspaceKey(this, name, {
            ...props,
            ...{ alias, useCases, clusterVolumeRoles: reuseKeyForClusterVolumes ? [role] : [] },
          });
    const isOneKey = managedServices === storage;
    this.managedServicesKey = makeKey(
      'ManagedServices',
      managedServices,
      isOneKey ? ['MANAGED_SERVICES', 'STORAGE'] : ['MANAGED_SERVICES'],
    );
    this.storageKey = isOneKey ? this.managedServicesKey : makeKey('Storage', storage, ['STORAGE']);
    this.rootBucket = new RootBucket(this, 'RootBucket', {
      ...props,
      ...{ bucketName, versioned: bucketVersioning, encryptionKey: this.storageKey?.key },
    });
    this.#output(reuseKeyForClusterVolumes);
  }

  #output(reuseKeyForClusterVolumes: boolean): void {
    const { roleArn } = this.crossAccountRole.role;
    const { bucketName } = this.rootBucket.bucket;
    const [managed, storage] = [this.managedServicesKey, this.storageKey];
    const request = {
      credentials: { roleArn },
      storage: { bucket: bucketName },
      ...(managed !== undefined && { managedServicesKey: { key: managed.alias } }),
      ...(storage !== undefined && { storageKey: { key: storage.alias, reuseKeyForClusterVolumes } }),
    };
    const outputs = {
      CredentialsRoleArn: [roleArn, 'credentials.roleArn of a workspace'],
      StorageBucket: [bucketName, 'storage.bucket of a workspace'],
      ...(managed !== undefined && {
        ManagedServicesKey: [managed.alias, 'managedServicesKey.key of a workspace, and key of a key binding'],
        ManagedServicesKeyArn: [managed.key.keyArn, 'The key behind it when it was made'],
      }),
      ...(storage !== undefined && {
        StorageKey: [storage.alias, 'storageKey.key of a workspace, and key of a key binding'],
        StorageKeyArn: [storage.key.keyArn, 'The key behind it when it was made'],
      }),
      WorkspaceRequest: [Stack.of(this).toJsonString(request), 'Body of POST /v1/workspaces; add workspaceName'],
    } satisfies Readonly<Record<string, readonly [string, string]>>;
    for (const [name, [value, description]] of Object.entries(outputs)) {
      new CfnOutput(this, name, { value, description }).overrideLogicalId(name);
    }
  }
}
