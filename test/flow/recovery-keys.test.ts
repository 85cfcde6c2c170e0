import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { DEMO_ALIAS } from '../../local/demo/account.ts';
import { databricksAdmin } from './databricks-admin.ts';
import { IDS, type RolloutWorld, startRolloutWorld } from './rollout-world.ts';
import { empty } from './state-table.ts';

/** Every step of docs/recovery.md about keys that is done here is done as that page says, and undone by its end. */
const RIGHT = ['UNCHANGED', 'UNCHANGED', 'UNCHANGED'];
const DONE = ['ROLLED_OUT', 'ROLLED_OUT', 'ROLLED_OUT'];

let world: RolloutWorld;
beforeAll(async () => {
  world = await startRolloutWorld();
});
afterAll(() => world.close());

const kms = async (action: string, input: object = {}): Promise<void> => {
  await world.aws.kms.handle(action, { KeyId: world.keyArn, ...input });
  await world.aws.settled();
};
/** What people were told of the key by what happens meanwhile. */
const toldBy = async (act: () => Promise<void>): Promise<readonly string[]> => {
  const { length } = world.aws.sns.published;
  await act();
  return world.aws.sns.published
    .slice(length)
    .filter(({ message }) => message.startsWith(`key ${world.keyArn} `))
    .map(({ subject = '' }) => subject.replace(/[0-9a-f-]{36}/, 'KEY'));
};
const AGAIN = ['Databricks can use key KEY again'];
const rollOut = () => world.rollOut({ bindingId: 'managed' });
const policy = async (): Promise<string> =>
  ((await world.aws.kms.handle('GetKeyPolicy', { KeyId: world.keyArn })) as { readonly Policy: string }).Policy;
/** Moves the alias and waits for the rollout that this starts. */
const moveAlias = async (TargetKeyId: string) => {
  await world.aws.kms.handle('UpdateAlias', { AliasName: DEMO_ALIAS, TargetKeyId });
  return world.nextEnd();
};

describe('after a key was disabled', () => {
  test('it is told, rollouts are refused, and enable-key ends both', async () => {
    expect(await toldBy(() => kms('DisableKey'))).toEqual(['URGENT: Databricks key disabled: KEY']);
    expect((await rollOut()).error).toBe('KeyNotUsable');
    expect(await toldBy(() => kms('EnableKey'))).toEqual(AGAIN);
    expect(world.outcomes(await rollOut())).toEqual(RIGHT);
  });
});

describe('after a key was scheduled for deletion', () => {
  test('cancel-key-deletion leaves it disabled, and enable-key ends the danger', async () => {
    const scheduled = await toldBy(() => kms('ScheduleKeyDeletion', { PendingWindowInDays: 7 }));
    expect(scheduled).toEqual(['URGENT: Databricks key deletion-scheduled: KEY']);
    expect(await toldBy(() => kms('CancelKeyDeletion'))).toEqual(['URGENT: Databricks key disabled: KEY']);
    expect(await toldBy(() => kms('EnableKey'))).toEqual(AGAIN);
    expect(world.outcomes(await rollOut())).toEqual(RIGHT);
  });
});

describe('after a key policy lost Databricks', () => {
  test('it is told, rollouts are refused, and put-key-policy ends both', async () => {
    const Policy = await policy();
    const Statement = (JSON.parse(Policy) as { readonly Statement: readonly unknown[] }).Statement.slice(0, 1);
    const lost = await toldBy(() => kms('PutKeyPolicy', { Policy: JSON.stringify({ Statement }) }));
    expect(lost).toEqual(['URGENT: Databricks key policy-incomplete: KEY']);
    expect((await rollOut()).error).toBe('KeyPolicyIncomplete');
    expect(await toldBy(() => kms('PutKeyPolicy', { Policy }))).toEqual(AGAIN);
    expect(world.outcomes(await rollOut())).toEqual(RIGHT);
  });
});

describe('after an alias was deleted', () => {
  test('rollouts of its binding are refused, and create-alias starts one', async () => {
    await world.aws.kms.handle('DeleteAlias', { AliasName: DEMO_ALIAS });
    expect((await rollOut()).error).toBe('KeyNotFound');
    world.forgetEnds();
    expect(world.outcomes(await world.bind(DEMO_ALIAS))).toEqual(RIGHT);
  });
});

describe('after a key configuration was lost', () => {
  test('Databricks keeps one in use, and one that nobody uses is made again when it is needed', async () => {
    const admin = await databricksAdmin(world);
    const first = world.keyOf(IDS[0]) ?? '';
    await expect(admin.deleteKeyConfiguration(first)).rejects.toThrow(/ 409 | 400 /);
    const made = (await world.aws.kms.handle('CreateKey', { Policy: await policy() })) as {
      readonly KeyMetadata: { readonly KeyId: string };
    };
    expect(world.outcomes(await moveAlias(made.KeyMetadata.KeyId))).toEqual(DONE);
    await admin.deleteKeyConfiguration(first);
    expect(world.outcomes(await moveAlias(world.keyArn.split('/')[1] ?? ''))).toEqual(DONE);
    const configurations = world.databricks.control.state().keyConfigurations;
    expect(configurations.find((one) => one.customer_managed_key_id === world.keyOf(IDS[0]))).toMatchObject({
      aws_key_info: { key_arn: world.keyArn },
    });
    expect(world.keyOf(IDS[0])).not.toBe(first);
  });
});

describe('after the state table was lost', () => {
  test('a rollout finds what was registered before, and changes nothing that is right', async () => {
    await world.rotate();
    await empty(world);
    world.databricks.control.resetRequests();
    expect(world.outcomes(await rollOut())).toEqual(RIGHT);
    expect(world.writes()).toEqual([]);
  });
});

describe('after a workspace was deleted', () => {
  test('a rollout says so and rolls out the others', async () => {
    world.databricks.control.changeWorkspace(IDS[1], { status: 'CANCELLING' });
    expect(world.outcomes(await world.rotate())).toEqual(['ROLLED_OUT', 'WorkspaceNotRunning', 'ROLLED_OUT']);
  });
});
