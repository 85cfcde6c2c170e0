import { Duration } from 'aws-cdk-lib';
import { Choice, Condition, type IChainable, Pass, type State, Wait, WaitTime } from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { FAILURE } from '../../lambda/contract/failures.ts';
import { FAILED } from '../state-machines/failed.ts';
import { RETRY_BRIEFLY, type StepRetry, step } from '../state-machines/step.ts';
import type { ProvisioningFunctions } from './provisioning-functions.ts';

/** AWS knows a fresh role everywhere after a minute or two: 12 tries of 15 s are three minutes. */
const RETRY_FRESH_ROLE: StepRetry = {
  errors: [FAILURE.credentialsNotReady],
  interval: Duration.seconds(15),
  maxAttempts: 12,
  backoffRate: 1,
};

/** Databricks lets go of a network some minutes after its workspace is gone: 20 tries of 30 s are ten minutes. */
const RETRY_IN_USE: StepRetry = {
  errors: [FAILURE.configurationInUse],
  interval: Duration.seconds(30),
  maxAttempts: 20,
  backoffRate: 1,
};

/** The other one's lease ends after two minutes at most: 20 tries of 10 s are 200 s. */
const RETRY_REGISTRATION: StepRetry = {
  errors: [FAILURE.registrationInProgress],
  interval: Duration.seconds(10),
  maxAttempts: 20,
  backoffRate: 1,
};

/** The lease of an execution that was stopped ends by itself: asked for each minute until a little after that. */
const retryLeased = (leaseMinutes: number): StepRetry => ({
  errors: [FAILURE.workspaceLeased],
  interval: Duration.minutes(1),
  maxAttempts: leaseMinutes + 5,
  backoffRate: 1,
});

const POLL = Duration.seconds(30);
const NOW = '{% $states.context.State.EnteredTime %}';
const MADE = '{% [$append($made, $states.result.Payload.created)] %}';
const WORKSPACE = {
  provisioningId: '{% $states.context.Execution.Id %}',
  workspaceId: '{% $workspaceId %}',
  workspaceName: '{% $request.workspaceName %}',
  deploymentName: '{% $deploymentName %}',
};

export interface SetupStatesProps {
  readonly leaseMinutes: number;
  readonly functions: ProvisioningFunctions;
  /** Where a workspace goes on that is RUNNING and answers. */
  readonly running: IChainable;
  readonly summarize: State;
}

/** From the configurations to a workspace that is RUNNING, is repaired, or is removed again. */
export function setupStates(
  scope: Construct,
  { leaseMinutes, functions, running, summarize }: SetupStatesProps,
): { readonly ensure: State; readonly remove: State } {
  const add = '{% $calls + $states.result.Payload.calls %}';
  const outputs = '{% {} %}';
  // Whoever cancels the execution reads there which lease to end.
  const leased = '{% { "workspaceId": $workspaceId } %}';
  const caught = { errors: ['States.ALL'], assign: { failure: FAILED }, outputs };

  const ensure = step(scope, 'Ensure configurations', {
    fn: functions.ensure,
    payload: {
      provisioningId: WORKSPACE.provisioningId,
      workspaceName: WORKSPACE.workspaceName,
      setup: '{% $request.setup %}',
      workspaceId: '{% $adopted %}',
    },
    assign: {
      settings: '{% $states.result.Payload.settings %}',
      made: MADE,
      ownNetworkId: '{% $states.result.Payload.ownNetworkId %}',
      calls: add,
    },
    outputs,
    retries: [RETRY_FRESH_ROLE, RETRY_REGISTRATION, retryLeased(leaseMinutes), ...RETRY_BRIEFLY],
  });
  const create = step(scope, 'Create workspace', {
    fn: functions.create,
    payload: {
      provisioningId: WORKSPACE.provisioningId,
      request: '{% $request %}',
      settings: '{% $settings %}',
    },
    assign: {
      workspaceId: '{% $states.result.Payload.workspaceId %}',
      deploymentName: '{% $states.result.Payload.deploymentName %}',
      created: '{% $states.result.Payload.created %}',
      since: NOW,
      calls: add,
    },
    outputs: '{% { "workspaceId": $states.result.Payload.workspaceId } %}',
    retries: [RETRY_FRESH_ROLE, RETRY_IN_USE, retryLeased(leaseMinutes), ...RETRY_BRIEFLY],
  });
  const check = step(scope, 'Check workspace', {
    fn: functions.check,
    payload: { ...WORKSPACE, since: '{% $since %}', isRepaired: '{% $isRepaired %}' },
    assign: {
      state: '{% $states.result.Payload.state %}',
      status: '{% $states.result.Payload.status %}',
      diagnosis: '{% [$states.result.Payload.diagnosis] %}',
      secretsWanted: '{% $states.result.Payload.secretsWanted %}',
      calls: add,
    },
    outputs: leased,
    retries: RETRY_BRIEFLY,
  });
  const waitForIt = Wait.jsonata(scope, 'Wait for the workspace', { time: WaitTime.duration(POLL) });
  const repair = step(scope, 'Repair workspace', {
    fn: functions.repair,
    payload: { ...WORKSPACE, replacements: '{% $request.replacements %}' },
    assign: {
      settings: '{% $merge([$settings, $states.result.Payload.settings]) %}',
      made: MADE,
      ownNetworkId:
        '{% $exists($states.result.Payload.settings.networkId) ? $states.result.Payload.ownNetworkId : $ownNetworkId %}',
      since: '{% $states.result.Payload.since %}',
      isRepaired: true,
      calls: add,
    },
    outputs,
    retries: [RETRY_FRESH_ROLE, RETRY_REGISTRATION, ...RETRY_BRIEFLY],
  });
  const failed = Pass.jsonata(scope, 'It failed', {
    assign: {
      failure: {
        name: FAILURE.workspaceFailed,
        message: "{% 'workspace ' & $request.workspaceName & ' (' & $workspaceId & ') could not be set up' %}",
      },
      since: NOW,
    },
    outputs,
  });
  const remove = step(scope, 'Remove workspace', {
    fn: functions.remove,
    payload: {
      provisioningId: WORKSPACE.provisioningId,
      workspaceId: '{% $removal != null ? $removal.workspaceId : $workspaceId %}',
      workspaceName: '{% $removal != null ? $removal.workspaceName : $request.workspaceName %}',
      networkId: '{% $removal != null ? $removal.networkId : $ownNetworkId %}',
      isAsked: '{% $removal != null %}',
      since: '{% $since %}',
    },
    assign: { removed: '{% $states.result.Payload.gone %}', calls: add },
    outputs,
    retries: RETRY_BRIEFLY,
  });
  const waitForEnd = Wait.jsonata(scope, 'Wait for its end', { time: WaitTime.duration(POLL) });
  const again = Pass.jsonata(scope, 'Begin again', {
    assign: { failure: null, adopted: null, isRecreated: true, isRepaired: false, removed: false, workspaceId: null },
    outputs,
  });

  for (const each of [ensure, create, check, repair, remove]) each.addCatch(summarize, caught);
  ensure.next(create);
  create.next(check);
  check.next(
    Choice.jsonata(scope, 'Is it running?')
      .when(Condition.jsonata("{% $state = 'running' %}"), running)
      .when(Condition.jsonata("{% $state = 'waiting' %}"), waitForIt.next(check))
      .when(Condition.jsonata('{% $exists($request.replacements) and $not($isRepaired) %}'), repair)
      .otherwise(failed),
  );
  repair.next(waitForIt);
  failed.next(
    Choice.jsonata(scope, 'Is it to be kept?')
      .when(Condition.jsonata("{% $request.onFailure = 'keep' %}"), summarize)
      .otherwise(remove),
  );
  remove.next(
    Choice.jsonata(scope, 'Is it gone?')
      .when(Condition.jsonata('{% $not($removed) %}'), waitForEnd.next(remove))
      .when(
        Condition.jsonata("{% $removal = null and $request.onFailure = 'recreate' and $not($isRecreated) %}"),
        again.next(ensure),
      )
      .otherwise(summarize),
  );
  return { ensure, remove };
}
