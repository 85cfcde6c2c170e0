import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import example from '../../config/example.ts';
import { FAILURE } from '../../lambda/contract/failures.ts';
import { checkDefinition } from '../../local/asl/check-definition.ts';
import { structureProblems } from '../../local/step-functions/second-opinion.ts';
import { resourceProblem } from '../../local/step-functions/task-resources.ts';
import { templateOfStage } from '../lib/stage-template.ts';
import { machineOf, minutes, pauses } from './machine-definitions.ts';

/**
 * Names that AWS documents: "Handling errors in Step Functions workflows", for Lambda "Best practices for Step Functions:
 * handle transient Lambda service exceptions", for nested executions "Start a new AWS Step Functions state machine from a
 * running execution", whose names also come with the SDK's `Exception` behind them.
 */
const AWS_NAMES: readonly string[] = [
  'States.ALL',
  'States.Timeout',
  'States.TaskFailed',
  'States.DataLimitExceeded',
  'Lambda.ServiceException',
  'Lambda.AWSLambdaException',
  'Lambda.SdkClientException',
  'Lambda.ClientExecutionTimeoutException',
  'Lambda.TooManyRequestsException',
  'Lambda.Unknown',
  'Sandbox.Timedout',
  'Runtime.ExitError',
  'StepFunctions.ThrottlingException',
  'StepFunctions.ExecutionLimitExceeded',
  'StepFunctions.ExecutionLimitExceededException',
  'StepFunctions.AWSStepFunctionsException',
  'StepFunctions.SdkClientException',
];

const folder = mkdtempSync(join(tmpdir(), 'state-machine-'));
afterAll(() => rmSync(folder, { recursive: true }));

const template = templateOfStage(join(folder, 'example'));
const keysOnly = templateOfStage(join(folder, 'keys'), { ...example, secretBindings: {} });
const rollout = machineOf(template, 'KeyRollout');
const rolloutAlone = machineOf(keysOnly, 'KeyRollout');
const sync = machineOf(template, 'SecretSync');
const provisioning = machineOf(template, 'WorkspaceProvisioning');
const replay = machineOf(template, 'Replay');

const MACHINES = [
  ['key rollout', rollout],
  ['key rollout without secrets', rolloutAlone],
  ['secret sync', sync],
  ['workspace provisioning', provisioning],
] as const;

test('there are these state machines and no others', () => {
  expect(template.ofType('AWS::StepFunctions::StateMachine')).toHaveLength(4);
  expect(keysOnly.ofType('AWS::StepFunctions::StateMachine')).toHaveLength(3);
});

describe.each([...MACHINES, ['replay of dead letters', replay] as const])(
  'the definition of the %s',
  (_name, { definition }) => {
    test('has nothing wrong with it for asl-validator', () => {
      expect(structureProblems(definition)).toEqual([]);
    });

    test('is known to the interpreter of the local run in every field, function and variable', () => {
      expect(checkDefinition(structuredClone(definition), resourceProblem)).toMatchObject({ QueryLanguage: 'JSONata' });
    });

    test('is refused by both when a transition leads nowhere, so that the two tests above can fail', () => {
      const broken = structuredClone(definition) as unknown as { StartAt: string };
      broken.StartAt = 'Nowhere';

      expect(() => checkDefinition(broken, resourceProblem)).toThrow("there is no state 'Nowhere'");
      expect(structureProblems(broken)).not.toEqual([]);
    });
  },
);

describe('names of failures', () => {
  const known = new Set<string>([...Object.values(FAILURE), ...AWS_NAMES]);

  test.each([
    ['key rollout', rollout, 50],
    ['secret sync', sync, 35],
    ['workspace provisioning', provisioning, 50],
    ['replay of dead letters', replay, 15],
  ] as const)(
    'are those of the contract or of AWS wherever the %s retries, catches or fails',
    (_name, machine, least) => {
      const handled = [...machine.states].flatMap(([name, { Retry = [], Catch = [], Error: thrown }]) =>
        [
          ...[...Retry, ...Catch].flatMap(({ ErrorEquals }) => ErrorEquals),
          ...(thrown === undefined ? [] : [thrown]),
        ].map((error) => ({ name, error })),
      );

      expect(handled.length).toBeGreaterThan(least);
      expect(handled.filter(({ error }) => !known.has(error))).toEqual([]);
    },
  );

  test('are spelled once: no two of the contract are the same', () => {
    expect(new Set(Object.values(FAILURE)).size).toBe(Object.keys(FAILURE).length);
  });

  test.each([
    ['key rollout', rollout, ['Notify', 'Plan rollout', 'Register key', 'Summarize', 'Tell what is out of place']],
    ['secret sync', sync, ['Notify', 'Plan sync', 'Summarize sync']],
    ['workspace provisioning', provisioning, ['Notify', 'Plan provisioning', 'Summarize provisioning']],
  ] as const)(
    'no failure ends the %s before its summary, apart from those of the steps around it',
    (_name, machine, few) => {
      const uncaught = [...machine.states].flatMap(([name, { Type, Catch = [] }]) =>
        Type === 'Task' && !Catch.some(({ ErrorEquals }) => ErrorEquals.includes('States.ALL')) ? [name] : [],
      );

      expect(uncaught.toSorted()).toEqual(few);
    },
  );

  test.each(MACHINES)('every step of the %s retries what may pass by itself', (_name, { states, retryOf }) => {
    const elsewhere = ['Notify', 'Tell what is out of place', 'Write secrets again', 'Sync its secrets'];
    const tasks = [...states].filter(([name, { Type }]) => Type === 'Task' && !elsewhere.includes(name));

    expect(tasks.length).toBeGreaterThan(2);
    for (const [name] of tasks)
      for (const error of [FAILURE.databricksThrottled, FAILURE.awsThrottled, 'Lambda.TooManyRequestsException'])
        expect(retryOf(name, error).MaxAttempts).toBeGreaterThan(1);
  });
});

describe('how long the key rollout keeps trying', () => {
  test('a workspace that Databricks works on: 40 times a minute apart, twice the 20 minutes of its documentation', () => {
    const retry = rollout.retryOf('Patch workspace', FAILURE.workspaceBusy);

    expect(pauses(retry)).toEqual(Array.from({ length: 40 }, () => 60));
    expect(minutes(retry)).toBe(40);
  });

  test('what may pass by itself: 12 times, 5 s doubling to 2 minutes, about 17 minutes without jitter', () => {
    const retry = rollout.retryOf('Plan rollout', FAILURE.databricksThrottled);

    expect(pauses(retry)).toEqual([5, 10, 20, 40, 80, 120, 120, 120, 120, 120, 120, 120]);
    expect(Math.round(minutes(retry))).toBe(17);
  });

  test('a registration by another rollout: 200 seconds, longer than the lease of two minutes', () => {
    const retry = rollout.retryOf('Register key', FAILURE.registrationInProgress);

    expect(minutes(retry) * 60).toBe(200);
  });

  test('a secret sync that could not be started; one that failed is not run a second time', () => {
    const retry = rollout.retryOf('Write secrets again', 'StepFunctions.ThrottlingException');

    expect(Math.round(minutes(retry))).toBe(17);
    expect(rollout.state('Write secrets again').Retry).toHaveLength(1);
    expect(retry.ErrorEquals.filter((error) => error.startsWith('States.'))).toEqual([]);
  });

  test('it waits longer for a secret sync than one may take', () => {
    const waits = rollout.state('Write secrets again').TimeoutSeconds ?? 0;

    expect(waits).toBeGreaterThan(sync.definition.TimeoutSeconds ?? Number.POSITIVE_INFINITY);
  });
});

test('the secret sync waits for a scope that another sync holds: 60 tries, 2 s growing by half to 30 s, about 28 minutes', () => {
  const retry = sync.retryOf('Sync scope', FAILURE.scopeBusy);

  expect(pauses(retry).slice(0, 9)).toEqual([2, 3, 4.5, 6.75, 10.125, 15.1875, 22.78125, 30, 30]);
  expect(Math.round(minutes(retry))).toBe(28);
});

describe('the replay of dead letters', () => {
  const queues = ['key-rollout', 'key-watch', 'compute-care', 'secret-sync'];

  test.each(queues)('deletes a letter of %s only after its front door has taken it', (queue) => {
    const { Next, Catch } = replay.state(`Through the front door of ${queue}`) as {
      readonly Next?: string;
      readonly Catch?: readonly { readonly ErrorEquals: readonly string[]; readonly Next?: string }[];
    };

    expect(Next).toBe(`Delete the letter of ${queue}`);
    expect(Catch).toMatchObject([{ ErrorEquals: ['States.ALL'], Next: 'Is there another?' }]);
    const before = [...replay.states].filter(([, state]) => JSON.stringify(state).includes('deleteMessage'));
    expect(before.map(([name]) => name)).toContain(`Delete the letter of ${queue}`);
    expect(before).toHaveLength(queues.length);
  });

  test('hides a letter for longer than its front door may take', () => {
    const hidden = JSON.stringify(replay.definition).match(/"VisibilityTimeout":(\d+)/)?.[1];
    const slowest = Math.max(
      ...template
        .ofType('AWS::Lambda::Function')
        .filter(({ id }) => id.includes('FrontDoor'))
        .map(({ properties }) => Number(properties.Timeout)),
    );

    expect(Number(hidden)).toBeGreaterThan(2 * slowest);
  });
});
