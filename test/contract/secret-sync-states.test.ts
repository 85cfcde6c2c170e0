import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { FAILURE } from '../../lambda/contract/failures.ts';
import type { ScopePlan, ScopeResult, SyncPlan, SyncScopeInput } from '../../lambda/contract/secret-sync.ts';
import { TaskFailure } from '../../local/asl/failure.ts';
import type { Outcome } from '../../local/asl/map-run.ts';
import type { Invoke } from '../../local/asl/visit.ts';
import { templateOfStage } from '../lib/stage-template.ts';
import { run } from '../local/asl/run-machine.ts';
import { machineOf } from './machine-definitions.ts';

const folder = mkdtempSync(join(tmpdir(), 'secret-sync-states-'));
afterAll(() => rmSync(folder, { recursive: true }));

const template = templateOfStage(folder);
const sync = machineOf(template, 'SecretSync');
const rollout = machineOf(template, 'KeyRollout');

const scopePlan = (change: Partial<ScopePlan> = {}): ScopePlan => ({
  workspaceId: '1234567890123456',
  workspaceName: 'etl',
  deploymentName: 'dbc-1',
  scope: 'etl',
  bindingIds: ['etl'],
  secrets: null,
  rewriteId: null,
  reportLimit: 5,
  ...change,
});
const plan = (...scopes: readonly ScopePlan[]): SyncPlan => ({
  scopes,
  problems: [],
  postponed: [],
  warnings: [],
  headline: 'a plan',
  calls: 1,
});
const result = ({ workspaceId, workspaceName, scope, bindingIds }: ScopePlan, rewritten = 0): ScopeResult => ({
  workspaceId,
  workspaceName,
  scope,
  bindingIds,
  counts: { SYNCED: rewritten, UNCHANGED: 0, SKIPPED: 0, FAILED: 0, DRIFTED: 0, PRUNED: 0 },
  rewritten,
  secrets: [],
  access: { granted: [], removed: [], others: [], failures: [] },
  created: false,
  failure: null,
  calls: 3,
});

interface Task {
  readonly [name: string]: unknown;
}

/** Functions by the name of their construct; each is given its payload. What they were given is remembered. */
const functions = (answers: Readonly<Record<string, (payload: Task) => unknown>>) => {
  const given: { readonly name: string; readonly payload: Task }[] = [];
  const invoke: Invoke = async (_resource, taskArguments) => {
    const { FunctionName, Payload, TopicArn, ...others } = taskArguments as Task;
    const name = /SecretSyncFunctions(\w+?)Function/.exec(String(FunctionName))?.[1] ?? 'Other';
    const payload = (Payload ?? { TopicArn, ...others }) as Task;
    given.push({ name, payload });
    const answer = answers[name];
    return { Payload: answer === undefined ? {} : answer(payload) };
  };
  const of = (name: string): readonly Task[] =>
    given.filter((each) => each.name === name).map(({ payload }) => payload);
  return { invoke, of };
};

const summaryOf = (ok: boolean, worthTelling = !ok) => ({
  ok,
  worthTelling,
  headline: 'the headline',
  message: 'the message',
});
const outputOf = (outcome: Outcome): unknown => {
  if (outcome.status !== 'SUCCEEDED') throw new Error(JSON.stringify(outcome));
  return outcome.output;
};

describe('the secret sync', () => {
  test('hands every scope its plan, whole, and what the request asks for', async () => {
    const one = scopePlan({ secrets: ['arn:one'], rewriteId: 'key-1' });
    const two = scopePlan({ scope: 'two', bindingIds: ['a', 'b'] });
    const { invoke, of } = functions({
      Plan: () => plan(one, two),
      SyncScope: (input) => ({ done: true, result: result(input as unknown as SyncScopeInput) }),
      Summarize: () => summaryOf(true),
    });
    const request = { dryRun: true, confirmDeletes: 7, trigger: { kind: 'request' } };

    const { outcome } = await run(sync.definition, { input: request, invoke });

    expect(outputOf(outcome)).toEqual(summaryOf(true));
    const syncId = 'arn:aws:states:us-west-2:111122223333:execution:rollout:run';
    expect(of('Plan')).toEqual([{ request, syncId }]);
    const owner = expect.stringContaining(':execution:rollout:child-');
    const more = { syncId, dryRun: true, confirmDeletes: 7, owner, earlier: null };
    expect(of('SyncScope')).toEqual(expect.arrayContaining([one, two].map((each) => ({ ...each, ...more }))));
    expect(of('Summarize')).toEqual([
      { request, plan: plan(one, two), syncId, startedAt: expect.any(String), results: [result(one), result(two)] },
    ]);
  });

  test('of nothing runs no scope, deletes nothing beyond the limits and tells nobody', async () => {
    const { invoke, of } = functions({ Plan: () => plan(), Summarize: () => summaryOf(true) });

    const { outcome } = await run(sync.definition, { invoke });

    expect(outputOf(outcome)).toEqual(summaryOf(true));
    expect(of('Summarize')).toMatchObject([{ results: [], request: {} }]);
    expect(of('Other')).toEqual([]);
  });

  test('without a confirmation or a dry run says so to the step', async () => {
    const { invoke, of } = functions({
      Plan: () => plan(scopePlan()),
      SyncScope: () => ({ done: true, result: result(scopePlan()) }),
      Summarize: () => summaryOf(true),
    });

    await run(sync.definition, { invoke });

    expect(of('SyncScope')).toMatchObject([{ dryRun: false, confirmDeletes: 0, secrets: null, rewriteId: null }]);
  });

  test('runs a scope again as long as its step ran out of time, with what it did until then', async () => {
    let runs = 0;
    const { invoke, of } = functions({
      Plan: () => plan(scopePlan()),
      SyncScope: () => {
        runs += 1;
        return { done: runs === 3, result: result(scopePlan(), runs * 100) };
      },
      Summarize: () => summaryOf(true),
    });

    await run(sync.definition, { invoke });

    expect(of('SyncScope').map(({ earlier }) => (earlier as ScopeResult | null)?.rewritten ?? null)).toEqual([
      null,
      100,
      200,
    ]);
    expect(of('Summarize')).toMatchObject([{ results: [result(scopePlan(), 300)] }]);
  });

  test('tells of a scope that failed and goes on with the others', async () => {
    const broken = scopePlan({ scope: 'broken' });
    const { invoke, of } = functions({
      Plan: () => plan(broken, scopePlan()),
      SyncScope: ({ scope }) => {
        if (scope === 'etl') return { done: true, result: result(scopePlan()) };
        throw new TaskFailure(FAILURE.databricksPermissionDenied, '{"errorMessage":"no right to scope broken"}');
      },
      Summarize: () => summaryOf(false),
    });

    const { outcome } = await run(sync.definition, { invoke });

    expect(outcome).toMatchObject({ status: 'FAILED', error: FAILURE.syncIncomplete, cause: 'the message' });
    const failure = { name: FAILURE.databricksPermissionDenied, message: 'no right to scope broken' };
    expect(of('Summarize')[0]?.results).toEqual([{ ...result(broken), calls: 0, failure }, result(scopePlan())]);
    expect(of('Other')).toMatchObject([{ Subject: 'the headline', Message: 'the message' }]);
  });

  test('keeps what a scope did before it failed', async () => {
    let runs = 0;
    const { invoke, of } = functions({
      Plan: () => plan(scopePlan()),
      SyncScope: () => {
        runs += 1;
        if (runs > 1) throw new TaskFailure(FAILURE.scopeNotFound, 'gone');
        return { done: false, result: result(scopePlan(), 40) };
      },
      Summarize: () => summaryOf(false),
    });

    await run(sync.definition, { invoke });

    const failure = { name: FAILURE.scopeNotFound, message: 'gone' };
    expect(of('Summarize')[0]?.results).toEqual([{ ...result(scopePlan(), 40), failure }]);
  });

  test('tells people what is worth telling, also when all is well', async () => {
    const { invoke, of } = functions({ Plan: () => plan(), Summarize: () => summaryOf(true, true) });

    const { outcome } = await run(sync.definition, { invoke });

    expect(outcome.status).toBe('SUCCEEDED');
    expect(of('Other')).toHaveLength(1);
  });
});

describe('a key rollout', () => {
  const WORKSPACE = { workspaceId: '1', workspaceName: 'one', deploymentName: 'dbc-1', keyConfigurationId: 'k-1' };

  /** Runs the states of one workspace, in which everything but what `secretSync` answers goes well. */
  const workspace = async (secretsOwed: boolean, secretSync: () => unknown) => {
    const started: Task[] = [];
    const steps: string[] = [];
    const invoke: Invoke = async (_resource, taskArguments) => {
      const { StateMachineArn, FunctionName, ...others } = taskArguments as Task;
      if (StateMachineArn !== undefined) {
        started.push(others);
        return { Output: secretSync() };
      }
      steps.push(/KeyRolloutFunctions(\w+?)Function/.exec(String(FunctionName))?.[1] ?? String(FunctionName));
      return {
        Payload: {
          ...{ admitted: true, waits: 0, waitUntil: '1970-01-01T00:00:00Z', stopped: true, patchedAt: 'then' },
          ...{ inForce: true, stableReads: 6, secretsOwed, restUntil: null, restarted: [], calls: 1 },
        },
      };
    };
    const block = rollout.state('Roll out workspaces').ItemProcessor as object;
    const definition = { QueryLanguage: 'JSONata', ...block, ProcessorConfig: undefined };
    const { outcome } = await run(JSON.parse(JSON.stringify(definition)), {
      input: { subject: 'binding/b', rolloutId: 'r', ...WORKSPACE, fields: ['managedServicesKeyId'], needsRest: false },
      invoke,
    });
    return { result: outputOf(outcome), started, steps };
  };
  /** How Step Functions fails a task that waited for an execution which did not succeed. */
  const ended = (description: object): (() => never) => {
    return () => {
      throw new TaskFailure('States.TaskFailed', JSON.stringify({ ExecutionArn: 'arn:sync', ...description }));
    };
  };

  test('writes the secrets of a workspace again after a new key for managed services, before the lease ends', async () => {
    const { result: told, started, steps } = await workspace(true, () => ({ rewritten: 12 }));

    expect(started).toEqual([
      { Input: expect.objectContaining({ workspaces: ['1'], rewrite: true, trigger: { kind: 'key-rollout' } }) },
    ]);
    expect(steps.at(-1)).toBe('ReleaseLease');
    expect(told).toMatchObject({ outcome: 'ROLLED_OUT', secrets: { rewritten: 12, failure: null } });
  });

  test('leaves the secrets alone where none is owed', async () => {
    const { result: told, started } = await workspace(false, () => ({ rewritten: 12 }));

    expect(started).toEqual([]);
    expect(told).toMatchObject({ secrets: null, failure: null });
  });

  test.each([
    [
      'failed',
      ended({ Status: 'FAILED', Error: FAILURE.syncIncomplete, Cause: 'two scopes failed' }),
      { name: FAILURE.syncIncomplete, message: 'two scopes failed' },
    ],
    ['was stopped', ended({ Status: 'ABORTED' }), { name: 'States.TaskFailed', message: 'it ended ABORTED: arn:sync' }],
    [
      'ended with a cause that was cut off',
      () => {
        throw new TaskFailure('States.TaskFailed', '{"ExecutionArn":"arn:sync","Cause":"much');
      },
      { name: 'States.TaskFailed', message: '{"ExecutionArn":"arn:sync","Cause":"much' },
    ],
    [
      'could not be started',
      () => {
        throw new TaskFailure('StepFunctions.AccessDeniedException', 'no right');
      },
      { name: 'StepFunctions.AccessDeniedException', message: 'no right' },
    ],
  ])('keeps the key and releases the lease when the secret sync %s', async (_what, secretSync, failure) => {
    const { result: told, steps } = await workspace(true, secretSync);

    expect(told).toMatchObject({ outcome: 'ROLLED_OUT', failure: null, secrets: { rewritten: 0, failure } });
    expect(steps.at(-1)).toBe('ReleaseLease');
  });
});
