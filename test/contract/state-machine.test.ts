import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { FAILURE } from '../../lambda/contract/failures.ts';
import { checkDefinition } from '../../local/asl/check-definition.ts';
import { structureProblems } from '../../local/step-functions/second-opinion.ts';
import { resourceProblem } from '../../local/step-functions/task-resources.ts';
import { templateOfStage } from '../lib/stage-template.ts';

interface Retry {
  readonly ErrorEquals: readonly string[];
  readonly IntervalSeconds: number;
  readonly MaxAttempts: number;
  readonly BackoffRate: number;
  readonly MaxDelaySeconds?: number;
}

interface State {
  readonly Type: string;
  readonly Error?: string;
  readonly Retry?: readonly Retry[];
  readonly Catch?: readonly { readonly ErrorEquals: readonly string[] }[];
  readonly ItemProcessor?: Block;
}

interface Block {
  readonly States: Readonly<Record<string, State>>;
}

/**
 * Names that AWS documents: "Handling errors in Step Functions workflows" and, for Lambda, "Best practices for Step
 * Functions: handle transient Lambda service exceptions".
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
];

const folder = mkdtempSync(join(tmpdir(), 'state-machine-'));
afterAll(() => rmSync(folder, { recursive: true }));

const machines = templateOfStage(folder).ofType('AWS::StepFunctions::StateMachine');

/** The definition as AWS will see it, with a stand-in for every value that only deployment knows. */
const resolved = (value: unknown): string => {
  const { 'Fn::Join': join } = value as { readonly 'Fn::Join': readonly [string, readonly unknown[]] };
  return join[1]
    .map((part) => {
      if (typeof part === 'string') return part;
      if ('Ref' in (part as object)) {
        const { Ref } = part as { readonly Ref: string };
        return Ref === 'AWS::Partition' ? 'aws' : `arn:aws:sns:us-west-2:111122223333:${Ref}`;
      }
      const { 'Fn::GetAtt': attribute } = part as { readonly 'Fn::GetAtt': readonly [string, string] };
      return `arn:aws:lambda:us-west-2:111122223333:function:${attribute[0]}`;
    })
    .join(join[0]);
};
const definition = JSON.parse(resolved(machines[0]?.properties.DefinitionString)) as Block;

/** Every state of the machine, those inside maps too. */
const states = new Map<string, State>();
const collect = ({ States }: Block): void => {
  for (const [name, state] of Object.entries(States)) {
    states.set(name, state);
    if (state.ItemProcessor !== undefined) collect(state.ItemProcessor);
  }
};
collect(definition);
const state = (name: string): State => {
  const found = states.get(name);
  if (found === undefined) throw new Error(`there is no state '${name}'`);
  return found;
};
const retryOf = (name: string, error: string): Retry => {
  const found = state(name).Retry?.find(({ ErrorEquals }) => ErrorEquals.includes(error));
  if (found === undefined) throw new Error(`'${name}' does not retry ${error}`);
  return found;
};

/** Pauses between tries, in seconds, as Step Functions computes them without jitter. */
const pauses = ({ IntervalSeconds, MaxAttempts, BackoffRate, MaxDelaySeconds }: Retry): readonly number[] =>
  Array.from({ length: MaxAttempts }, (_, index) =>
    Math.min(IntervalSeconds * BackoffRate ** index, MaxDelaySeconds ?? Number.POSITIVE_INFINITY),
  );
const minutes = (retry: Retry): number => pauses(retry).reduce((sum, pause) => sum + pause, 0) / 60;

describe('the definition of the key rollout', () => {
  test('is the only state machine, and asl-validator finds nothing wrong with it', () => {
    expect(machines).toHaveLength(1);
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
});

describe('names of failures', () => {
  const known = new Set<string>([...Object.values(FAILURE), ...AWS_NAMES]);
  const handled = [...states].flatMap(([name, { Retry = [], Catch = [], Error: thrown }]) =>
    [...[...Retry, ...Catch].flatMap(({ ErrorEquals }) => ErrorEquals), ...(thrown === undefined ? [] : [thrown])].map(
      (error) => ({ name, error }),
    ),
  );

  test('are those of the contract or of AWS wherever the machine retries, catches or fails', () => {
    expect(handled.length).toBeGreaterThan(50);
    expect(handled.filter(({ error }) => !known.has(error))).toEqual([]);
  });

  test('are spelled once: no two of the contract are the same', () => {
    expect(new Set(Object.values(FAILURE)).size).toBe(Object.keys(FAILURE).length);
  });

  test('no failure of a step ends the machine before the summary, apart from those of plan, register and notify', () => {
    const uncaught = [...states].flatMap(([name, { Type, Catch = [] }]) =>
      Type === 'Task' && !Catch.some(({ ErrorEquals }) => ErrorEquals.includes('States.ALL')) ? [name] : [],
    );

    expect(uncaught.toSorted()).toEqual(['Notify', 'Plan rollout', 'Register key', 'Summarize']);
  });

  test('every step retries what may pass by itself', () => {
    const tasks = [...states].filter(([name, { Type }]) => Type === 'Task' && name !== 'Notify');

    for (const [name] of tasks)
      for (const error of [FAILURE.databricksThrottled, FAILURE.awsThrottled, 'Lambda.TooManyRequestsException'])
        expect(retryOf(name, error).MaxAttempts).toBeGreaterThan(1);
  });
});

describe('how long the machine keeps trying', () => {
  test('a workspace that Databricks works on: 40 times a minute apart, twice the 20 minutes of its documentation', () => {
    const retry = retryOf('Patch workspace', FAILURE.workspaceBusy);

    expect(pauses(retry)).toEqual(Array.from({ length: 40 }, () => 60));
    expect(minutes(retry)).toBe(40);
  });

  test('what may pass by itself: 12 times, 5 s doubling to 2 minutes, about 17 minutes without jitter', () => {
    const retry = retryOf('Plan rollout', FAILURE.databricksThrottled);

    expect(pauses(retry)).toEqual([5, 10, 20, 40, 80, 120, 120, 120, 120, 120, 120, 120]);
    expect(Math.round(minutes(retry))).toBe(17);
  });

  test('a registration by another rollout: 200 seconds, longer than the lease of two minutes', () => {
    const retry = retryOf('Register key', FAILURE.registrationInProgress);

    expect(minutes(retry) * 60).toBe(200);
  });
});
