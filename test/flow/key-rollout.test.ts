import { afterEach, describe, expect, test } from '@jest/globals';
import type { WorkspaceSeed } from '../../local/databricks/seed.ts';
import { objections } from '../../local/demo/objections.ts';
import { IDS, type RolloutWorld, startRolloutWorld } from './rollout-world.ts';

let world: RolloutWorld;
const start = async (...options: Parameters<typeof startRolloutWorld>): Promise<RolloutWorld> => {
  world = await startRolloutWorld(...options);
  return world;
};
afterEach(() => world.close());

const [FIRST, SECOND, THIRD] = IDS;
const change = (id: string, seed: Partial<WorkspaceSeed>): Record<string, Partial<WorkspaceSeed>> => ({ [id]: seed });
const configurations = () => world.databricks.control.state().keyConfigurations.length;

describe('a key rollout on the synthesized template', () => {
  test('a rotation brings every bound workspace to one new key configuration and leaves compute as it was', async () => {
    await start();
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

  test('the second run writes nothing', async () => {
    await start();
    await world.rotate();
    world.databricks.control.resetRequests();
    const ended = await world.rollOut({ bindingId: 'managed' });
    expect(world.outcomes(ended)).toEqual(['UNCHANGED', 'UNCHANGED', 'UNCHANGED']);
    expect(world.writes()).toEqual([]);
  });

  test('a dry run answers the plan and writes nothing', async () => {
    await start();
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
    await start();
    world.databricks.control.resetRequests();
    const ended = await world.rotate();
    const sent = world.databricks.control.requests().filter(({ path }) => !path.includes('/oidc/')).length;
    expect((ended.output as { readonly calls: number }).calls).toBe(sent);
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

describe('when something goes wrong', () => {
  test('one workspace that is FAILED is refused, the others are rolled out, and the rollout says so', async () => {
    await start(change(SECOND, { status: 'FAILED' }));
    const ended = await world.rotate();
    expect(ended).toMatchObject({ status: 'FAILED', error: 'KeyRolloutIncomplete' });
    expect(world.outcomes(ended)).toEqual(['ROLLED_OUT', 'WorkspaceNotRunning', 'ROLLED_OUT']);
    expect(world.keyOf(SECOND)).not.toBe(world.keyOf(FIRST));
  });

  test('a busy workspace is waited for', async () => {
    let refusals = 0;
    await start(change(SECOND, { status: 'PROVISIONING', wasRunning: true }), (event) => {
      if (event.type !== 'TaskFailed' || event.details?.error !== 'WorkspaceBusy') return;
      refusals += 1;
      if (refusals === 3) world.databricks.control.changeWorkspace(SECOND, { status: 'RUNNING' });
    });
    expect(world.outcomes(await world.rotate())).toEqual(['ROLLED_OUT', 'ROLLED_OUT', 'ROLLED_OUT']);
    expect(refusals).toBeGreaterThanOrEqual(3);
  });

  test.each([
    ['reverted', 'KeyChangeReverted'],
    ['dropped', 'KeyNotInForce'],
  ] as const)('an update that is %s is found out, and compute runs again', async (outcome, name) => {
    await start(change(SECOND, { outcome }));
    const before = world.databricks.control.state();
    const ended = await world.rotate();
    expect(world.outcomes(ended)).toEqual(['ROLLED_OUT', name, 'ROLLED_OUT']);
    expect(objections(before, world.databricks.control.state(), new Map())).toEqual([]);
  });

  test('nothing is started while Databricks may still be at work on a change that could not be watched', async () => {
    let struck = false;
    await start({}, (event) => {
      if (struck || event.type !== 'TaskStateEntered' || event.state !== 'Check that the key is in force') return;
      struck = true;
      world.databricks.control.addFault({ kind: 'login-page', method: 'GET', path: `/workspaces/${FIRST}$` });
    });
    const before = world.databricks.control.state();
    expect(world.outcomes(await world.rotate())).toEqual(['DatabricksAnswerUnreadable', 'ROLLED_OUT', 'ROLLED_OUT']);
    expect(objections(before, world.databricks.control.state(), new Map())).toEqual([]);
  });

  test('with a canary that fails the others are not touched', async () => {
    await start({ ...change(FIRST, { network: 'customer', outcome: 'dropped' }) });
    const ended = await world.rotateFor('alias/test/canary');
    expect(world.outcomes(ended)).toEqual(['KeyNotInForce', 'NotReached', 'NotReached']);
    expect(world.writes().filter((write) => write.includes(SECOND) || write.includes(THIRD))).toEqual([]);
  });

  test.each([
    ['429 with Retry-After', { kind: 'throttled', retryAfterSeconds: 7, times: 30 }],
    ['429 without', { kind: 'throttled', times: 30 }],
    ['503', { kind: 'unavailable', times: 20 }],
    ['connections that break before the request took effect', { kind: 'reset', probability: 0.1 }],
    ['connections that break after it took effect', { kind: 'reset', tookEffect: true, probability: 0.1 }],
  ] as const)('a storm of %s is survived', async (_what, fault) => {
    await start();
    const before = world.databricks.control.state();
    world.databricks.control.addFault(fault);
    const ended = await world.rotate();
    expect([ended.status, ended.cause]).toEqual(['SUCCEEDED', undefined]);
    expect(configurations()).toBe(before.keyConfigurations.length + 1);
    expect(objections(before, world.databricks.control.state(), new Map())).toEqual([]);
  });

  test('tokens that expire and one that is taken away in the middle are renewed', async () => {
    await start();
    world.databricks.control.setSwitches({ timings: { tokenLifeMs: 5 * 60_000 } });
    world.databricks.control.addFault({ kind: 'token-dropped', method: 'PATCH', times: 1 });
    expect(world.outcomes(await world.rotate())).toEqual(['ROLLED_OUT', 'ROLLED_OUT', 'ROLLED_OUT']);
  });

  test('compute that Databricks does not start at once is started in the end', async () => {
    await start();
    const before = world.databricks.control.state();
    world.databricks.control.addFault({
      kind: 'unavailable',
      method: 'POST',
      path: 'clusters/start|/start$',
      times: 30,
    });
    const ended = await world.rotate();
    expect(world.outcomes(ended)).toEqual(['ROLLED_OUT', 'ROLLED_OUT', 'ROLLED_OUT']);
    expect(objections(before, world.databricks.control.state(), new Map())).toEqual([]);
  });

  test('compute that does not stop fails its workspace, and what was stopped runs again', async () => {
    await start(change(SECOND, { clusters: [{ id: 'stuck', name: 'stuck', ends: 'never' }] }));
    const ended = await world.rotate();
    expect(world.outcomes(ended)).toEqual(['ROLLED_OUT', 'ComputeDidNotStop', 'ROLLED_OUT']);
    expect(ended.cause).toContain("cluster 'stuck' (stuck) is TERMINATING");
    const [, second] = world.databricks.control.state().workspaces;
    expect(second?.warehouses).toMatchObject([{ state: expect.stringMatching(/RUNNING|STARTING/) }]);
  });

  test('a job that starts its cluster again is stopped again and never restarted', async () => {
    await start(change(SECOND, { clusters: [{ id: 'loop', name: 'loop', source: 'JOB', relaunches: 2 }] }));
    expect(world.outcomes(await world.rotate())).toEqual(['ROLLED_OUT', 'ROLLED_OUT', 'ROLLED_OUT']);
    expect(world.writes().filter((write) => write.includes('clusters/start') && write.includes('loop'))).toEqual([]);
  });

  test('a rollout that is killed between stop and patch is finished by the next one, compute included', async () => {
    let killed = false;
    await start({}, (event) => {
      if (killed || event.type !== 'TaskStateEntered' || event.state !== 'Patch workspace') return;
      killed = true;
      const parent = event.executionArn.replace(/\/Workspace:/, ':').replace(/:[^:]+$/, '');
      void world.stepFunctions
        .handle('ListExecutions', { stateMachineArn: parent.replace(':execution:', ':stateMachine:') })
        .then((listed) => {
          const [running] = (listed as { readonly executions: readonly { readonly executionArn: string }[] })
            .executions;
          return world.stepFunctions.handle('StopExecution', { executionArn: running?.executionArn });
        });
    });
    const before = world.databricks.control.state();
    expect((await world.rotate()).status).toBe('ABORTED');
    const ended = await world.rollOut({ bindingId: 'managed' });
    expect(ended.status).toBe('SUCCEEDED');
    expect(new Set(IDS.map(world.keyOf)).size).toBe(1);
    expect(configurations()).toBe(before.keyConfigurations.length + 1);
    expect(objections(before, world.databricks.control.state(), new Map())).toEqual([]);
  });

  test('where compute has to be stopped already, a running workspace is not touched', async () => {
    await start();
    const ended = await world.rotateFor('alias/test/stopped');
    expect(world.outcomes(ended)).toEqual(['ComputeRunning']);
    expect(world.writes().filter((write) => write.includes('/w/') || write.startsWith('PATCH'))).toEqual([]);
  });

  test('where compute is left running, a refusal by Databricks ends the rollout instead of looping', async () => {
    await start();
    expect(world.outcomes(await world.rotateFor('alias/test/running'))).toEqual(['ComputeRunning']);
  });

  test('where Databricks keeps one configuration for an ARN, it goes on serving', async () => {
    await start();
    world.databricks.control.setSwitches({ duplicateKey: 'conflict' });
    const ended = await world.rotate();
    expect(ended.status).toBe('SUCCEEDED');
    expect(configurations()).toBe(1);
  });
});

describe('before anything is touched', () => {
  const refused = async (name: string, message: string): Promise<void> => {
    const ended = await world.rollOut({ bindingId: 'managed' });
    expect(ended).toMatchObject({ status: 'FAILED', error: name, cause: expect.stringContaining(message) });
    expect(world.writes()).toEqual([]);
  };

  test('a disabled key', async () => {
    await start();
    await world.aws.kms.handle('DisableKey', { KeyId: world.keyArn });
    await refused('KeyNotUsable', 'aws kms enable-key');
  });

  test('a key policy without the Databricks statement prints the one to add', async () => {
    await start();
    const policy = {
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', Principal: { AWS: 'arn:aws:iam::111122223333:root' }, Action: 'kms:*', Resource: '*' },
      ],
    };
    await world.aws.kms.handle('PutKeyPolicy', {
      KeyId: world.keyArn,
      PolicyName: 'default',
      Policy: JSON.stringify(policy),
    });
    await refused('KeyPolicyIncomplete', 'AllowDatabricksManagedServices');
  });

  test('an alias that does not exist', async () => {
    await start();
    await world.aws.kms.handle('DeleteAlias', { AliasName: 'alias/databricks/demo' });
    await refused('KeyNotFound', 'alias/databricks/demo');
  });

  test('a binding that does not exist', async () => {
    await start();
    const ended = await world.rollOut({ bindingId: 'nonsense' });
    expect(ended).toMatchObject({ error: 'BindingUnknown', cause: expect.stringContaining('wanted one of: managed') });
  });

  test('input that is not what it should be', async () => {
    await start();
    expect(await world.rollOut({ bindingId: 7 })).toMatchObject({
      error: 'InputInvalid',
      cause: expect.stringContaining('input.bindingId: found 7, wanted text'),
    });
  });

  test('a credential secret that is not one', async () => {
    await start();
    await world.aws.secrets.handle('PutSecretValue', {
      SecretId: 'databricks/security-automation',
      SecretString: '{"user":"canary-value"}',
      ClientRequestToken: 'a'.repeat(32),
    });
    const ended = await world.rollOut({ bindingId: 'managed' });
    expect(ended).toMatchObject({
      error: 'CredentialSecretInvalid',
      cause: expect.stringContaining('the fields user'),
    });
    expect(ended.cause).not.toContain('canary-value');
  });

  test('a service principal without account admin', async () => {
    await start();
    world.databricks.control.addFault({
      kind: 'answer',
      status: 403,
      contentType: 'application/json',
      body: '{"error_code":"PERMISSION_DENIED","message":"not an admin"}',
      path: 'customer-managed-keys',
    });
    await refused('DatabricksPermissionDenied', 'account admin');
  });

  test('an account host that nobody answers at', async () => {
    await start();
    await world.databricks.close();
    expect(await world.rollOut({ bindingId: 'managed' })).toMatchObject({
      error: 'DatabricksUnreachable',
      cause: expect.stringContaining('127.0.0.1'),
    });
  });
});
