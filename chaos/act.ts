import type { Request } from '../local/aws/actions.ts';
import { AwsError } from '../local/aws/service.ts';
import type { World } from '../local/world.ts';
import type { GroundTruth } from './ground-truth.ts';
import type { Happening } from './happenings.ts';
import type { Desk } from './provisioning/desk.ts';
import { actOnProvisioning, type ProvisioningHappening } from './provisioning/happenings.ts';
import { ALIASES, type BindingId } from './scenario.ts';
import type { Stopper } from './stopper.ts';
import type { Story } from './story.ts';

export interface Stage {
  readonly world: World;
  readonly truth: GroundTruth;
  readonly stopper: Stopper;
  readonly story: Story;
  readonly desk: Desk;
}

/** Lets it happen. What cannot happen now, such as a new value of a deleted secret, does not. */
export async function act(what: Happening, stage: Stage): Promise<void> {
  stage.truth.look();
  stage.story.tell(stage.world.clock.now(), `happens: ${JSON.stringify(what)}`);
  try {
    await perform(what, stage);
  } catch (error) {
    if (!(error instanceof AwsError) && !isRefusal(error)) throw error;
  }
}

/** The simulator's own errors for scopes and keys that are not there. */
const isRefusal = (error: unknown): boolean => error instanceof Error && error.name === 'Refusal';

function perform(what: Happening, stage: Stage): Promise<unknown> {
  const { world } = stage;
  switch (what.kind) {
    case 'rotate':
    case 'replace-key':
    case 'move-back':
      return withKey(what, stage);
    case 'roll-out':
      return start(world, world.outputs.KeyRolloutStateMachineArn, { bindingId: what.binding });
    case 'sync':
      return start(world, world.outputs.SecretSyncStateMachineArn, {});
    case 'kill-functions':
      return world.aws.functions.crash();
    case 'stop-execution':
      return Promise.resolve(stage.stopper.arm(what.afterSteps));
    case 'provision':
    case 'remove-workspace':
    case 'diagnose':
    case 'cancel':
    case 'plan-failure':
    case 'addresses':
      return Promise.resolve(actOnProvisioning(what, stage.desk, world));
    case 'edit-key':
    case 'delete-key':
    case 'put-foreign-key':
    case 'take-grant':
    case 'give-grant':
      return Promise.resolve(byHand(what, stage));
    default:
      return withSecret(what, world);
  }
}

const start = (world: World, stateMachineArn: string | undefined, input: object): Promise<unknown> =>
  world.stepFunctions.handle('StartExecution', { stateMachineArn, input: JSON.stringify(input) });

type OfKeys = Extract<Happening, { kind: 'rotate' | 'replace-key' | 'move-back' }>;

async function withKey({ kind, binding }: OfKeys, { world, truth }: Stage): Promise<void> {
  const { kms } = world.aws;
  const AliasName = ALIASES[binding];
  const current = await keyBehind(world, binding);
  if (kind === 'rotate') {
    if (current === undefined) return;
    truth.noteRotation(current);
    await kms.handle('RotateKeyOnDemand', { KeyId: current });
    return;
  }
  const target = kind === 'replace-key' ? await makeKey(world) : truth.firstKeys.get(binding);
  if (target === undefined) return;
  await kms.handle(current === undefined ? 'CreateAlias' : 'UpdateAlias', { AliasName, TargetKeyId: target });
  if (!truth.firstKeys.has(binding)) truth.firstKeys.set(binding, target);
}

/** ARN of the key that the binding means; undefined while its alias does not exist. */
export async function keyBehind({ aws }: World, binding: BindingId): Promise<string | undefined> {
  try {
    const { KeyMetadata } = (await aws.kms.handle('DescribeKey', { KeyId: ALIASES[binding] })) as {
      readonly KeyMetadata: { readonly Arn: string };
    };
    return KeyMetadata.Arn;
  } catch (error) {
    if (error instanceof AwsError && error.code === 'NotFoundException') return undefined;
    throw error;
  }
}

/** Another key with the policy of the first one; answers its ARN. */
async function makeKey({ aws, keyArn }: World): Promise<string> {
  const { Policy } = (await aws.kms.handle('GetKeyPolicy', { KeyId: keyArn, PolicyName: 'default' })) as Request;
  const { KeyMetadata } = (await aws.kms.handle('CreateKey', { Policy })) as {
    readonly KeyMetadata: { readonly Arn: string };
  };
  return KeyMetadata.Arn;
}

type ByHand = Extract<Happening, { kind: 'edit-key' | 'delete-key' | 'put-foreign-key' | 'take-grant' | 'give-grant' }>;

const SCOPE = 'app';

function byHand(what: ByHand, { world, truth }: Stage): void {
  const { control } = world.databricks;
  const { workspaceId } = what;
  switch (what.kind) {
    case 'edit-key':
      control.putSecret(workspaceId, SCOPE, what.key, 'edited by hand');
      return;
    case 'delete-key':
      control.deleteSecret(workspaceId, SCOPE, what.key);
      return;
    case 'put-foreign-key':
      control.putSecret(workspaceId, SCOPE, what.key, what.value);
      truth.foreign.push({ workspaceId, scope: SCOPE, key: what.key, value: what.value });
      return;
    case 'take-grant':
      control.deleteAcl(workspaceId, SCOPE, what.principal);
      return;
    case 'give-grant':
      control.putAcl(workspaceId, SCOPE, what.principal, 'READ');
  }
}

type OfSecrets = Exclude<
  Happening,
  OfKeys | ByHand | ProvisioningHappening | { kind: 'roll-out' | 'sync' | 'kill-functions' | 'stop-execution' }
>;

function withSecret(what: OfSecrets, { aws: { secrets } }: World): Promise<unknown> {
  const SecretId = what.name;
  switch (what.kind) {
    case 'put-secret':
      return secrets.handle('PutSecretValue', { SecretId, SecretString: what.value });
    case 'create-secret':
      return secrets.handle('CreateSecret', { Name: what.name, SecretString: what.value });
    case 'delete-secret':
      return secrets.handle('DeleteSecret', { SecretId, ...(what.forGood && { ForceDeleteWithoutRecovery: true }) });
    case 'restore-secret':
      return secrets.handle('RestoreSecret', { SecretId });
    case 'tag-secret':
      return secrets.handle('TagResource', { SecretId, Tags: [{ Key: 'databricks:scope', Value: what.scope }] });
    case 'untag-secret':
      return secrets.handle('UntagResource', { SecretId, TagKeys: ['databricks:scope'] });
  }
}
