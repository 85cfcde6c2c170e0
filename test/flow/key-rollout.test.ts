import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { WorkspaceSeed } from '../../local/databricks/seed.ts';
import { objections } from '../../local/demo/objections.ts';
import { IDS, type RolloutWorld, startRolloutWorld } from './rollout-world.ts';

let world: RolloutWorld;
const start = async (...options: Parameters<typeof startRolloutWorld>): Promise<RolloutWorld> => {
  world = await startRolloutWorld(...options);
  return world;
};

const [, SECOND, THIRD] = IDS;
const change = (id: string, seed: Partial<WorkspaceSeed>): Record<string, Partial<WorkspaceSeed>> => ({ [id]: seed });
const configurations = () => world.databricks.control.state().keyConfigurations.length;

describe('key rollouts one after the other', () => {
  beforeAll(async () => {
    world = await startRolloutWorld();
  });
  afterAll(() => world.close());

  test('a rotation brings every bound workspace to one new key configuration and leaves compute as it was', async () => {
    const before = world.databricks.control.state();
    const ended = await world.rotate();
    expect(ended).toMatchObject({ status: 'SUCCEEDED', output: { ok: true, registered: true } });
    expect(world.outcomes(ended)).toEqual(['ROLLED_OUT', 'ROLLED_OUT', 'ROLLED_OUT']);
    const keys = new Set(IDS.map(world.keyOf));
    expect(keys.size).toBe(1);
    expect(configurations()).toBe(before.keyConfigurations.length + 1);
    expect(
      objections(before, world.databricks.control.state(), new Map(IDS.map((id) => [id, [...keys][0] ?? null]))),
    ).toEqual([]);
  });

  test('the second run writes nothing', async () => {
    await world.rotate();
    world.databricks.control.resetRequests();
    const ended = await world.rollOut({ bindingId: 'managed' });
    expect(world.outcomes(ended)).toEqual(['UNCHANGED', 'UNCHANGED', 'UNCHANGED']);
    expect(world.writes()).toEqual([]);
  });

  test('a dry run answers the plan and writes nothing', async () => {
    await world.rotate();
    await world.aws.kms.handle('RotateKeyOnDemand', { KeyId: world.keyArn });
    await world.nextEnd();
    world.databricks.control.resetRequests();
    const ended = await world.rollOut({ bindingId: 'managed', dryRun: true });
    expect(ended).toMatchObject({
      status: 'SUCCEEDED',
      output: { subject: 'binding/managed', workspaces: [{ action: 'unchanged' }, {}, {}] },
    });
    expect(world.writes()).toEqual([]);
  });

  test('calls to Databricks are counted as Databricks counts them', async () => {
    world.databricks.control.resetRequests();
    const ended = await world.rotate();
    const sent = world.databricks.control.requests().filter(({ path }) => !path.includes('/oidc/')).length;
    expect((ended.output as { readonly calls: number }).calls).toBe(sent);
  });
});

describe('a key rollout on the synthesized template', () => {
  afterEach(() => world.close());

  test('no secret and no token is in a log, a state, an event, a table or a message', async () => {
    const seen: string[] = [];
    const tell = (what: unknown): void => {
      seen.push(typeof what === 'string' ? what : JSON.stringify(what));
    };
    await start(change(SECOND, { outcome: 'dropped' }), tell, tell);
    world.databricks.control.addFault({ kind: 'token-dropped', method: 'PATCH', times: 1 });
    const ended = await world.rotate();
    tell(ended);
    for (const TableName of [world.outputs.StateTableName, world.outputs.EvidenceTableName]) {
      tell(await world.aws.callAws('dynamodb', 'Scan', { TableName }));
    }
    const all = seen.join('\n');
    expect(seen.length).toBeGreaterThan(100);
    expect(all).toContain('KeyNotInForce');
    expect(all).not.toContain(world.databricks.clientSecret);
    expect(all).not.toMatch(/bearer /i);
  });

  test('a storage key is added with its rest, and what already has one of the same key keeps it', async () => {
    await start(change(THIRD, { storageKeyId: 'a0000000-0000-4000-8000-000000000001' }));
    const before = world.databricks.control.state();
    const began = world.clock.now();
    const ended = await world.bind('alias/test/storage');
    expect(world.outcomes(ended)).toEqual(['ROLLED_OUT', 'ROLLED_OUT', 'UNCHANGED']);
    expect(world.clock.now() - began).toBeGreaterThan(20 * 60_000);
    const after = world.databricks.control.state();
    expect(after.workspaces.map(({ storageKeyId }) => storageKeyId)).not.toContain(null);
    expect(objections(before, after, new Map())).toEqual([]);
  });

  test('a moved alias rolls out the new key', async () => {
    await start();
    const { Policy } = (await world.aws.kms.handle('GetKeyPolicy', { KeyId: world.keyArn, PolicyName: 'default' })) as {
      readonly Policy: string;
    };
    const made = (await world.aws.kms.handle('CreateKey', { Policy })) as {
      readonly KeyMetadata: { readonly KeyId: string; readonly Arn: string };
    };
    await world.aws.kms.handle('UpdateAlias', {
      AliasName: 'alias/databricks/demo',
      TargetKeyId: made.KeyMetadata.KeyId,
    });
    const ended = await world.nextEnd();
    expect(ended).toMatchObject({ status: 'SUCCEEDED', output: { keyArn: made.KeyMetadata.Arn } });
    expect(world.outcomes(ended)).toEqual(['ROLLED_OUT', 'ROLLED_OUT', 'ROLLED_OUT']);
  });

  test('under verify a rotation writes nothing', async () => {
    await start();
    world.databricks.control.resetRequests();
    const ended = await world.rotateFor('alias/test/verify');
    expect(ended).toMatchObject({ status: 'SUCCEEDED', output: { ok: true } });
    expect(world.writes()).toEqual([]);
  });

  test('outside its window a workspace is left alone, inside it is rolled out', async () => {
    await start();
    expect(world.outcomes(await world.rotateFor('alias/test/window'))).toEqual(['ROLLED_OUT']);
    const patch = world.databricks.control.requests().find(({ method }) => method === 'PATCH');
    const at = new Date(patch?.time ?? 0);
    expect([at.getUTCDay(), at.getUTCHours()]).toEqual([0, 3]);
  });
});
