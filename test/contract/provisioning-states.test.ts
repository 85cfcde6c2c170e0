import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { FAILURE } from '../../lambda/contract/failures.ts';
import { TaskFailure } from '../../local/asl/failure.ts';
import type { Invoke } from '../../local/asl/visit.ts';
import { templateOfStage } from '../lib/stage-template.ts';
import { run } from '../local/asl/run-machine.ts';
import { machineOf, minutes } from './machine-definitions.ts';

const folder = mkdtempSync(join(tmpdir(), 'provisioning-states-'));
afterAll(() => rmSync(folder, { recursive: true }));
const machine = machineOf(templateOfStage(folder), 'WorkspaceProvisioning');

interface Task {
  readonly [name: string]: unknown;
}
type Step = (payload: Task, time: number) => unknown;

const BY_ID = { credentials: { id: 'c' }, storage: { id: 's' } };
const WANTED = { ...BY_ID, network: { name: 'n', vpcId: 'vpc-1' } };
const REQUEST = { workspaceName: 'prod', region: 'us-west-2', onFailure: 'keep', setup: WANTED };

const REPAIRED = { settings: {}, created: [], ownNetworkId: null, since: '2026-05-20T20:00:00Z', calls: 1 };

/** Runs the machine; what is not answered otherwise goes well. Answers what each function was given. */
async function provision(request: Task, steps: Readonly<Record<string, Step>> = {}) {
  const given: { readonly name: string; readonly payload: Task }[] = [];
  const answers: Readonly<Record<string, Step>> = {
    Plan: () => ({ request, removal: null, workspace: { kind: 'create' }, calls: 1 }),
    Ensure: () => ({ settings: { credentialsId: 'c', networkId: 'net' }, created: [], ownNetworkId: 'net', calls: 1 }),
    Create: () => ({ workspaceId: '7', deploymentName: 'dbc-7', created: true, calls: 1 }),
    Check: () => ({ state: 'running', status: 'RUNNING', diagnosis: [], secretsWanted: false, calls: 1 }),
    Repair: () => ({ ...REPAIRED, settings: { networkId: 'replaced' }, ownNetworkId: 'replaced' }),
    Remove: () => ({ gone: true, calls: 1 }),
    Summarize: ({ failure }) => ({ ok: failure === null, headline: 'the headline', message: 'the message' }),
    ...steps,
  };
  const invoke: Invoke = async (_resource, taskArguments) => {
    const { FunctionName, Payload = {} } = taskArguments as Task;
    const name = /ProvisioningFunctions(\w+?)Function/.exec(String(FunctionName))?.[1] ?? 'Other';
    const payload = Payload as Task;
    given.push({ name, payload });
    const time = given.filter((each) => each.name === name).length;
    return { Payload: answers[name]?.(payload, time) ?? {} };
  };
  const { outcome } = await run(machine.definition, { input: { provision: request }, invoke });
  const of = (name: string): readonly Task[] => given.filter((one) => one.name === name).map(({ payload }) => payload);
  return { outcome, of, names: given.map(({ name }) => name).filter((name) => name !== 'Other') };
}
const failed = () => ({ state: 'failed', status: 'FAILED', diagnosis: ['no route'], secretsWanted: false, calls: 1 });

describe('a provisioning', () => {
  test('goes through its steps and tells what it learned', async () => {
    const { outcome, names, of } = await provision(REQUEST);
    expect(outcome.status).toBe('SUCCEEDED');
    expect(names).toEqual(['Plan', 'Ensure', 'Create', 'Check', 'Summarize']);
    expect(of('Summarize')).toMatchObject([
      {
        workspaceId: '7',
        deploymentName: 'dbc-7',
        created: true,
        status: 'RUNNING',
        failure: null,
        made: [],
        calls: 4,
      },
    ]);
  });

  test.each(['Ensure', 'Create', 'Check'])('whose step %p fails is summed up with what failed', async (step) => {
    const fail = () => {
      throw new TaskFailure(FAILURE.accountLimitReached, '{"errorMessage":"only 50"}');
    };
    const { outcome, of } = await provision(REQUEST, { [step]: fail });
    expect(outcome).toMatchObject({ status: 'FAILED', error: FAILURE.provisioningIncomplete });
    expect(of('Summarize')).toMatchObject([{ failure: { name: FAILURE.accountLimitReached, message: 'only 50' } }]);
  });

  test('keeps what failed, with its diagnosis', async () => {
    const { names, of } = await provision(REQUEST, { Check: failed });
    expect(names).not.toContain('Remove');
    expect(of('Summarize')).toMatchObject([
      { failure: { name: FAILURE.workspaceFailed }, diagnosis: ['no route'], removed: false },
    ]);
  });

  test('repairs once, and does not repair what was repaired', async () => {
    const replacements = { network: { id: 'replaced' } };
    const { names, of } = await provision(
      { ...REQUEST, replacements },
      { Check: failed, Repair: () => ({ ...REPAIRED, created: ["network configuration 'prod-2-network'"] }) },
    );
    expect(names).toEqual(['Plan', 'Ensure', 'Create', 'Check', 'Repair', 'Check', 'Summarize']);
    expect(of('Summarize')).toMatchObject([{ made: ["network configuration 'prod-2-network'"] }]);
  });

  test('recreates once, and then deletes what failed again', async () => {
    const { names, of } = await provision({ ...REQUEST, onFailure: 'recreate' }, { Check: failed });
    const round = ['Ensure', 'Create', 'Check', 'Remove'];
    expect(names).toEqual(['Plan', ...round, ...round, 'Summarize']);
    expect(of('Summarize')).toMatchObject([{ removed: true, failure: { name: FAILURE.workspaceFailed } }]);
  });
});

describe('a workspace that is not to be deleted after all', () => {
  test('ends the provisioning with what was found, and is not created beside', async () => {
    const refuse = () => {
      throw new TaskFailure(FAILURE.workspaceFailed, '{"errorMessage":"it stays"}');
    };
    const { names, of } = await provision({ ...REQUEST, onFailure: 'recreate' }, { Check: failed, Remove: refuse });
    expect(names).toEqual(['Plan', 'Ensure', 'Create', 'Check', 'Remove', 'Summarize']);
    expect(of('Summarize')).toMatchObject([
      { removed: false, diagnosis: ['no route'], failure: { name: FAILURE.workspaceFailed, message: 'it stays' } },
    ]);
  });
});

describe('the network that goes with a workspace', () => {
  const ENSURED = { settings: { networkId: 'net' }, created: [], calls: 1 };
  test.each([
    ['is the one that was made for it', 'net', undefined, 'net'],
    ['is none that it was given, or that was found', null, undefined, null],
    ['is the replacement that was made', 'net', { settings: { networkId: 'r' }, ownNetworkId: 'r' }, 'r'],
    ['is none where the replacement was given or found', 'net', { settings: { networkId: 'r' } }, null],
    ['is the replacement also of one that was given', null, { settings: { networkId: 'r' }, ownNetworkId: 'r' }, 'r'],
    ['is its own where something else was replaced', 'net', { settings: { storageConfigurationId: 's' } }, 'net'],
  ])('%s', async (_what, ownNetworkId, repaired, networkId) => {
    const request = { ...REQUEST, onFailure: 'delete', ...(repaired !== undefined && { replacements: {} }) };
    const { of } = await provision(request, {
      Check: failed,
      Ensure: () => ({ ...ENSURED, ownNetworkId }),
      Repair: () => ({ ...REPAIRED, ...repaired }),
    });
    expect(of('Remove')).toMatchObject([{ workspaceId: '7', workspaceName: 'prod', networkId, isAsked: false }]);
  });

  test('is the one that was asked to go where a workspace is deleted', async () => {
    const removal = { workspaceId: '7', workspaceName: 'prod', networkId: 'net-9' };
    const { of } = await provision(
      {},
      { Plan: () => ({ request: null, removal, workspace: { kind: 'remove' }, calls: 1 }) },
    );
    expect(of('Remove')).toMatchObject([{ ...removal, isAsked: true }]);
  });
});

describe('how long is waited', () => {
  test.each(['Ensure configurations', 'Create workspace'])(
    'by %p for somebody else’s lease: past its hour',
    (state) => {
      expect(minutes(machine.retryOf(state, FAILURE.workspaceLeased))).toBe(65);
    },
  );

  test.each(['Ensure configurations', 'Create workspace', 'Repair workspace'])(
    'by %p for a fresh role: three minutes',
    (state) => {
      expect(minutes(machine.retryOf(state, FAILURE.credentialsNotReady))).toBe(3);
    },
  );

  test('for the network of a workspace that is gone: ten minutes', () => {
    expect(minutes(machine.retryOf('Create workspace', FAILURE.configurationInUse))).toBe(10);
  });
});
