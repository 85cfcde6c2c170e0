import { Duration } from 'aws-cdk-lib';
import {
  Choice,
  Condition,
  type IChainable,
  Pass,
  type StateMachine,
  Wait,
  WaitTime,
} from 'aws-cdk-lib/aws-stepfunctions';
import type { LambdaInvoke } from 'aws-cdk-lib/aws-stepfunctions-tasks';
import type { Construct } from 'constructs';
import { FAILURE } from '../../lambda/contract/failures.ts';
import type { CheckedConfig } from '../config/check-config.ts';
import { FAILED } from '../state-machines/failed.ts';
import { RETRY_BRIEFLY, type StepProps, type StepRetry, step } from '../state-machines/step.ts';
import type { RolloutFunctions } from './rollout-functions.ts';
import { secretStates } from './secret-states.ts';

const ITEM = '{% $states.input %}';

/** Databricks works on the workspace for 20 minutes at most by its documentation: 40 tries of a minute. */
const RETRY_BUSY: StepRetry = {
  errors: [FAILURE.workspaceBusy, FAILURE.databricksConflict],
  interval: Duration.seconds(60),
  maxAttempts: 40,
  backoffRate: 1,
};

/** What did not start stays on record and is tried again: 10 tries, 30 s growing by half to 5 minutes, about half an hour. */
const RETRY_RESTART: StepRetry = {
  errors: [FAILURE.computeNotRestarted],
  interval: Duration.seconds(30),
  maxAttempts: 10,
  backoffRate: 1.5,
  maxDelay: Duration.minutes(5),
};

/** Times that Databricks may refuse a patch because compute runs: with 15 s between them, five minutes. */
const MOST_REFUSALS = 20;

export interface WorkspaceStatesProps {
  readonly config: CheckedConfig;
  readonly functions: RolloutFunctions;
  /** The machine that writes secrets again under a new key; undefined where none are synced. */
  readonly secretSync: StateMachine | undefined;
}

/**
 * What happens to one workspace, from its lease to its result. The item flows through unchanged; what the steps learn goes
 * into variables. Whatever fails is caught here, compute that was stopped is restarted, and the result says what it was.
 */
export function workspaceStates(scope: Construct, { config, functions, secretSync }: WorkspaceStatesProps): IChainable {
  const { timing } = config.bindings;
  const add = '{% $calls + $states.result.Payload.calls %}';
  const task = (name: string, props: Pick<StepProps, 'fn'> & Partial<StepProps>): LambdaInvoke =>
    step(scope, name, { payload: ITEM, outputs: ITEM, retries: RETRY_BRIEFLY, ...props });

  const begin = Pass.jsonata(scope, 'Begin', {
    assign: {
      waits: 0,
      calls: 0,
      stableReads: 0,
      patchedAt: '',
      rested: false,
      restarted: [],
      secretsOwed: false,
      secrets: null,
      failure: null,
      leased: false,
      refusals: 0,
      looks: 0,
    },
  });
  const takeLease = task('Take lease', {
    fn: functions.takeLease,
    payload: "{% $merge([$states.input, {'waits': $waits}]) %}",
    assign: {
      waits: '{% $states.result.Payload.waits %}',
      leased: '{% $states.result.Payload.admitted %}',
      waitUntil: '{% $states.result.Payload.waitUntil %}',
    },
  });
  const waitForTurn = Wait.jsonata(scope, 'Wait for its turn', { time: WaitTime.timestamp('{% $waitUntil %}') });
  const stopCompute = task('Stop compute', {
    fn: functions.stopCompute,
    assign: { stopped: '{% $states.result.Payload.stopped %}', calls: add },
  });
  const waitForStop = Wait.jsonata(scope, 'Wait for compute to stop', {
    time: WaitTime.duration(Duration.seconds(timing.computePollSeconds)),
    assign: { failure: null },
  });
  const patch = task('Patch workspace', {
    fn: functions.patch,
    assign: { patchedAt: '{% $states.result.Payload.patchedAt %}', calls: add },
    retries: [RETRY_BUSY, ...RETRY_BRIEFLY],
  });
  const checkKey = task('Check that the key is in force', {
    fn: functions.checkKey,
    payload: "{% $merge([$states.input, {'patchedAt': $patchedAt, 'stableReads': $stableReads, 'rested': $rested}]) %}",
    assign: {
      inForce: '{% $states.result.Payload.inForce %}',
      stableReads: '{% $states.result.Payload.stableReads %}',
      secretsOwed: '{% $states.result.Payload.secretsOwed %}',
      calls: add,
    },
  });
  // Reads come at their set pace once the key is there; until then ever more slowly, up to four times the pause.
  const waitForKey = Wait.jsonata(scope, 'Wait for the key', {
    time: WaitTime.seconds(
      `{% $round(${timing.keyPollSeconds} * ($stableReads > 0 ? 1 : $min([4, $power(1.5, $looks)]))) %}`,
    ),
    assign: { looks: '{% $looks + 1 %}' },
  });
  const rest = Wait.jsonata(scope, 'Rest after the change', {
    time: WaitTime.timestamp('{% $restUntil %}'),
    assign: { rested: true },
  });
  const restart = task('Restart compute', {
    fn: functions.restartCompute,
    assign: {
      restarted: '{% [$states.result.Payload.restarted] %}',
      restUntil: '{% $states.result.Payload.restUntil %}',
      calls: add,
    },
    retries: [RETRY_RESTART, ...RETRY_BRIEFLY],
  });
  const release = task('Release lease', { fn: functions.releaseLease });
  const result = Pass.jsonata(scope, 'Result', {
    outputs: {
      workspaceId: '{% $states.input.workspaceId %}',
      workspaceName: '{% $states.input.workspaceName %}',
      outcome: "{% $failure != null ? 'FAILED' : $count($states.input.fields) > 0 ? 'ROLLED_OUT' : 'RESTARTED' %}",
      keyConfigurationId: '{% $states.input.keyConfigurationId %}',
      restarted: '{% $restarted %}',
      secrets: '{% $secrets %}',
      failure: '{% $failure %}',
      calls: '{% $calls %}',
    },
  });

  // Compute may start only after the rest, and not while Databricks may be at work on a change whose end nobody saw: by
  // this rollout, or by one before it that broke.
  const restDue = Choice.jsonata(scope, 'Is a rest due?')
    .when(Condition.jsonata('{% $restUntil != null %}'), rest)
    .otherwise(secretSync === undefined ? release : secretStates(scope, { secretSync, release }));
  rest.next(
    Choice.jsonata(scope, 'Is it to be checked once more?')
      .when(Condition.jsonata("{% $failure = null and $patchedAt != '' %}"), checkKey)
      .otherwise(restart),
  );

  // A lost lease means that somebody else works on this workspace and will restart its compute.
  const lost = { errors: [FAILURE.leaseLost], assign: { failure: FAILED }, outputs: ITEM };
  const failed = { errors: ['States.ALL'], assign: { failure: FAILED }, outputs: ITEM };
  takeLease.addCatch(result, failed);
  stopCompute.addCatch(result, lost).addCatch(restart, failed);
  // Something started between the last look and the patch, or Databricks still counts what we saw stop.
  const stopAgain = Choice.jsonata(scope, 'Is compute to be stopped again?')
    .when(Condition.jsonata(`{% $refusals < ${MOST_REFUSALS} %}`), waitForStop)
    .otherwise(restart);
  patch
    .addCatch(stopAgain, {
      errors: [FAILURE.computeRunning],
      assign: { failure: FAILED, refusals: '{% $refusals + 1 %}' },
      outputs: ITEM,
    })
    .addCatch(restart, failed);
  checkKey.addCatch(result, lost).addCatch(restart, failed);
  // The first failure is the cause; that compute could not be restarted is added to it.
  restart.addCatch(release, {
    errors: ['States.ALL'],
    assign: {
      failure: {
        name: '{% $failure != null ? $failure.name : $states.errorOutput.Error %}',
        message: `{% ($failure != null ? $failure.message & ' -- and then: ' : '') & ${FAILED.message.slice(3, -3)} %}`,
      },
    },
    outputs: ITEM,
  });
  // A lease that cannot be released ends by itself.
  release.addCatch(result, { errors: ['States.ALL'], outputs: ITEM });

  takeLease.next(
    Choice.jsonata(scope, 'Is it its turn?')
      .when(Condition.jsonata('{% $not($leased) %}'), waitForTurn.next(takeLease))
      .when(Condition.jsonata('{% $count($states.input.fields) = 0 %}'), restart)
      .otherwise(stopCompute),
  );
  stopCompute.next(
    Choice.jsonata(scope, 'Has compute stopped?')
      .when(Condition.jsonata('{% $stopped %}'), patch)
      .otherwise(waitForStop.next(stopCompute)),
  );
  patch.next(checkKey);
  checkKey.next(
    Choice.jsonata(scope, 'Is the key in force?')
      .when(Condition.jsonata('{% $inForce %}'), restart)
      .otherwise(waitForKey.next(checkKey)),
  );
  restart.next(restDue);
  release.next(result);
  return begin.next(takeLease);
}
