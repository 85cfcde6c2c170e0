import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { ExecutionEvent } from '../../local/console/story.ts';
import { DEMO_ALIAS } from '../../local/demo/account.ts';
import { objections } from '../../local/demo/objections.ts';
import { databricksAdmin } from './databricks-admin.ts';
import { IDS, type RolloutWorld, startRolloutWorld } from './rollout-world.ts';
import { endOf } from './rollouts.ts';
import { contentOf, empty, restore } from './state-table.ts';

/** Every step of docs/recovery.md about keys that is done here is done as that page says, and undone by its end. */
const MINUTE_MS = 60_000;
const RIGHT = ['UNCHANGED', 'UNCHANGED', 'UNCHANGED'];
const DONE = ['ROLLED_OUT', 'ROLLED_OUT', 'ROLLED_OUT'];

let world: RolloutWorld;
let onHistory: (event: ExecutionEvent) => void = () => undefined;
beforeAll(async () => {
  world = await startRolloutWorld({}, (event) => onHistory(event));
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
  test('it is told, rollouts of its binding are refused, and create-alias starts one', async () => {
    await world.aws.kms.handle('DeleteAlias', { AliasName: DEMO_ALIAS });
    expect((await rollOut()).error).toBe('KeyNotFound');
    await world.scheduledWatch();
    const alerts = world.aws.sns.published.filter(({ message }) => message.startsWith(`key ${DEMO_ALIAS} `));
    expect(alerts.map(({ subject }) => subject)).toEqual([`URGENT: Databricks key alias-missing: ${DEMO_ALIAS}`]);
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

describe('after the state table was lost during a rollout', () => {
  test('its history names the compute that stays stopped, and a restored table has the sweep start it', async () => {
    world.clock.advance(10 * MINUTE_MS);
    const before = world.databricks.control.state();
    const stopping = new Set<string>();
    const lose = async () => {
      // No step waits for anything meanwhile.
      const hold = world.clock.enter();
      const content = await contentOf(world);
      await empty(world);
      hold.leave();
      return content;
    };
    let lost: ReturnType<typeof contentOf> | undefined;
    onHistory = ({ type, state, executionArn }) => {
      if (type !== 'TaskStateEntered') return;
      if (state === 'Stop compute') stopping.add(executionArn);
      if (state === 'Patch workspace') lost ??= lose();
    };
    const ended = await world.rotate();
    expect(world.outcomes(ended)).toContain('LeaseLost');
    world.clock.advance(10 * MINUTE_MS);
    const stopped = objections(before, world.databricks.control.state(), new Map());
    expect(stopped).toContain(`workspace ws-${IDS[0]}: cluster shared was RUNNING and is TERMINATED`);
    const histories = await Promise.all(
      [...stopping].map((executionArn) => world.stepFunctions.handle('GetExecutionHistory', { executionArn })),
    );
    const named = histories.map((history) => JSON.stringify(history).includes("cluster 'shared' ("));
    expect(named).toEqual([true, true, true]);

    await restore(world, (await lost) ?? []);
    world.clock.advance(61 * MINUTE_MS);
    await world.scheduledSweep();
    expect((await endOf(world, 'sweep-')).status).toBe('SUCCEEDED');
    expect(objections(before, world.databricks.control.state(), new Map())).toEqual([]);
    expect((await rollOut()).status).toBe('SUCCEEDED');
  });
});

describe('after a workspace was deleted', () => {
  test('a rollout says so and rolls out the others', async () => {
    world.databricks.control.changeWorkspace(IDS[1], { status: 'CANCELLING' });
    expect(world.outcomes(await world.rotate())).toEqual(['ROLLED_OUT', 'WorkspaceNotRunning', 'ROLLED_OUT']);
  });
});
