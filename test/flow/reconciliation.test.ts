import { afterEach, describe, expect, test } from '@jest/globals';
import { databricksAdmin } from './databricks-admin.ts';
import { IDS, OLD, type RolloutWorld, startRolloutWorld } from './rollout-world.ts';
import { endOf, evidenceOf, rolloutsNamed } from './rollouts.ts';

const HOUR_MS = 60 * 60_000;
const CANARY = 'alias/test/canary';
const [FIRST] = IDS;
/** Databricks refuses a change by hand while compute runs. */
const IDLE = { [FIRST]: { clusters: [], pools: [], warehouses: [] } };

let world: RolloutWorld;
afterEach(() => world.close());

const loseEvents = async (): Promise<void> => {
  for (const { name } of world.aws.bus.rules()) await world.aws.bus.handle('DisableRule', { Name: name });
};
/** Another key that Databricks may use. */
const makeKey = async (): Promise<{ readonly KeyId: string; readonly Arn: string }> => {
  const { Policy } = (await world.aws.kms.handle('GetKeyPolicy', { KeyId: world.keyArn, PolicyName: 'default' })) as {
    readonly Policy: string;
  };
  const made = (await world.aws.kms.handle('CreateKey', { Policy })) as {
    readonly KeyMetadata: { readonly KeyId: string; readonly Arn: string };
  };
  return made.KeyMetadata;
};
const told = () => world.aws.sns.published.map(({ subject, message }) => ({ subject, message }));
const messageOf = (subject: string): string | undefined =>
  told().find((one) => one.subject?.startsWith(subject))?.message;

describe('the look of the schedule at every key binding', () => {
  test('mends a rotation whose event was lost, and says what it found', async () => {
    world = await startRolloutWorld();
    await loseEvents();
    await world.aws.kms.handle('RotateKeyOnDemand', { KeyId: world.keyArn });
    await world.aws.settled();
    expect(await rolloutsNamed(world, 'managed-')).toEqual([]);

    await world.scheduledReconciliation();

    const ended = await endOf(world, 'managed-scheduled-');
    expect(ended.status).toBe('SUCCEEDED');
    expect(world.outcomes(ended)).toEqual(['ROLLED_OUT', 'ROLLED_OUT', 'ROLLED_OUT']);
    expect(new Set(IDS.map(world.keyOf)).size).toBe(1);
    const message = messageOf('key rollout of binding/managed');
    expect(message).toContain(
      `changes managed services key: it uses key configuration ${OLD} for key ${world.keyArn.split('/')[1]}, made `,
    );
    expect(message).toContain('before the key was rotated at ');
  });

  test('that finds nothing writes nothing and tells nobody', async () => {
    world = await startRolloutWorld();
    await world.rotate();
    const before = { told: told().length, evidence: await evidenceOf(world, 'binding/managed') };
    world.databricks.control.resetRequests();
    await loseEvents();

    await world.scheduledReconciliation();

    const ended = await endOf(world, 'managed-scheduled-');
    expect(world.outcomes(ended)).toEqual(['UNCHANGED', 'UNCHANGED', 'UNCHANGED']);
    expect(world.writes()).toEqual([]);
    expect(told().filter(({ message }) => message.includes('binding/managed'))).toHaveLength(before.told);
    expect(await evidenceOf(world, 'binding/managed')).toBe(before.evidence);
  });

  test('brings back a workspace that somebody moved to another key', async () => {
    world = await startRolloutWorld(IDLE);
    const other = await makeKey();
    const byHand = await (await databricksAdmin(world)).moveWorkspace(FIRST, other.Arn);
    world.clock.advance(HOUR_MS);
    expect(world.keyOf(FIRST)).toBe(byHand);

    await world.scheduledReconciliation();

    const ended = await endOf(world, 'managed-scheduled-');
    expect(world.outcomes(ended)).toEqual(['ROLLED_OUT', 'UNCHANGED', 'UNCHANGED']);
    expect(world.keyOf(FIRST)).not.toBe(byHand);
    expect(messageOf('key rollout of binding/managed')).toContain(
      `it uses key configuration ${byHand} for key ${other.KeyId}, which is not a key of this binding: somebody set it by hand, or for another binding; wanted key ${world.keyArn.split('/')[1]}`,
    );
  });

  test('only tells of it where the binding says so, and fails nothing', async () => {
    world = await startRolloutWorld(IDLE);
    const other = await makeKey();
    const byHand = await (await databricksAdmin(world)).moveWorkspace(FIRST, other.Arn);
    world.clock.advance(HOUR_MS);
    await loseEvents();
    await world.aws.kms.handle('DeleteAlias', { AliasName: 'alias/databricks/demo' });
    await world.aws.kms.handle('CreateAlias', { AliasName: CANARY, TargetKeyId: world.keyArn.split('/')[1] });
    world.databricks.control.resetRequests();

    await world.scheduledReconciliation();

    const ended = await endOf(world, 'canary-scheduled-');
    expect(ended.status).toBe('SUCCEEDED');
    expect(world.writes()).toEqual([]);
    expect(world.keyOf(FIRST)).toBe(byHand);
    expect(messageOf('Databricks keys out of place: binding/canary')).toMatch(
      new RegExp(
        `^key binding canary: 1 of 3 workspaces are not as it wants; nothing was changed\n- ws-${FIRST} \\(${FIRST}\\): changes managed services key: it uses key configuration ${byHand} `,
      ),
    );
  });

  test('delivered twice is one rollout, and a later one starts none while it is under way', async () => {
    world = await startRolloutWorld();
    await loseEvents();
    await world.aws.kms.handle('RotateKeyOnDemand', { KeyId: world.keyArn });
    const hold = world.clock.enter();
    const request = { trigger: { kind: 'schedule', time: new Date(world.clock.now()).toISOString() } };
    const later = { trigger: { kind: 'schedule', time: new Date(world.clock.now() + 24 * HOUR_MS).toISOString() } };
    const name = world.outputs.KeyRolloutFrontDoorFunctionName ?? '';
    const fire = async (input: object) =>
      JSON.parse(
        (
          (await world.aws.callAws('lambda', 'Invoke', { FunctionName: name, Payload: JSON.stringify(input) })) as {
            readonly Payload: string;
          }
        ).Payload,
      );
    const first = await fire(request);
    await fire(request);
    const second = await fire(later);
    hold.leave();

    expect(first.started).toContain((await rolloutsNamed(world, 'managed-'))[0]?.name);
    expect(second.underWay).toEqual(['managed']);
    await endOf(world, 'managed-scheduled-');
    expect(await rolloutsNamed(world, 'managed-')).toHaveLength(1);
    expect(world.writes().filter((write) => write.startsWith('PATCH'))).toHaveLength(IDS.length);
  });
});
