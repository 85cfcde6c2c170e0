import { Duration } from 'aws-cdk-lib';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Choice, Condition, type StateMachine, Succeed } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { FAILURE } from '../../lambda/contract/failures.ts';
import type { CheckedConfig } from '../config/check-config.ts';
import { automationMachine } from '../state-machines/automation-machine.ts';
import { ending } from '../state-machines/ending.ts';
import { nestedSync } from '../state-machines/nested-sync.ts';
import { RETRY_BRIEFLY, step } from '../state-machines/step.ts';
import type { ProvisioningFunctions } from './provisioning-functions.ts';
import { setupStates } from './setup-states.ts';

export interface ProvisioningMachineProps {
  readonly config: CheckedConfig;
  readonly functions: ProvisioningFunctions;
  readonly topic: ITopic;
  /** The machine that fills the scopes of a new workspace; undefined where no secrets are synced. */
  readonly secretSync: StateMachine | undefined;
}

/**
 * The state machine "Workspace provisioning". Everything is JSONata; what the steps learn goes into variables. Whatever
 * fails is caught and summed up, so that every end is on record and its leases are released; the same request again goes
 * on with what is there.
 */
export class ProvisioningMachine extends Construct {
  readonly stateMachine: StateMachine;

  constructor(scope: Construct, id: string, { config, functions, topic, secretSync }: ProvisioningMachineProps) {
    super(scope, id);
    const plan = step(this, 'Plan provisioning', {
      fn: functions.plan,
      payload: '{% $states.input %}',
      assign: {
        dryRun: '{% $exists($states.input.dryRun) and $states.input.dryRun %}',
        plan: '{% $states.result.Payload %}',
        request: '{% $states.result.Payload.request %}',
        removal: '{% $states.result.Payload.removal %}',
        adopted: "{% $states.result.Payload.workspace.kind = 'adopt' ? $states.result.Payload.workspace.id : null %}",
        calls: '{% $states.result.Payload.calls %}',
        ...{ workspaceId: null, deploymentName: null, settings: null, status: null, failure: null, secrets: null },
        ownNetworkId: null,
        ...{ made: [], diagnosis: [] },
        ...{ created: false, isRepaired: false, isRecreated: false, removed: false, secretsWanted: false },
        since: '{% $states.context.State.EnteredTime %}',
      },
      outputs: '{% $states.result.Payload %}',
      retries: RETRY_BRIEFLY,
    });
    const summarize = step(this, 'Summarize provisioning', {
      fn: functions.summarize,
      payload: {
        provisioningId: '{% $states.context.Execution.Id %}',
        startedAt: '{% $states.context.Execution.StartTime %}',
        request: '{% $request %}',
        removal: '{% $removal %}',
        workspaceId: '{% $removal != null ? $removal.workspaceId : $workspaceId %}',
        deploymentName: '{% $deploymentName %}',
        created: '{% $created %}',
        made: '{% [$made] %}',
        settings: '{% $settings %}',
        status: '{% $status %}',
        removed: '{% $removed %}',
        diagnosis: '{% [$diagnosis] %}',
        secrets: '{% $secrets %}',
        failure: '{% $failure %}',
        calls: '{% $calls %}',
      },
      outputs: '{% $states.result.Payload %}',
      assign: { summary: '{% $states.result.Payload %}' },
      retries: RETRY_BRIEFLY,
    });
    summarize.next(
      ending(this, {
        topic,
        worthTelling: '{% true %}',
        question: 'Is it as it was asked for?',
        right: 'It is as it was asked for',
        wrong: 'It is not as it was asked for',
        error: FAILURE.provisioningIncomplete,
      }),
    );
    const syncSecrets =
      secretSync === undefined
        ? summarize
        : Choice.jsonata(this, 'Does a secret binding select it?')
            .when(
              Condition.jsonata('{% $secretsWanted %}'),
              nestedSync(this, 'Sync its secrets', {
                secretSync,
                input: { workspaces: ['{% $workspaceId %}'], trigger: { kind: 'provisioning' } },
                ...{ onSuccess: {}, onFailure: {}, next: summarize },
              }),
            )
            .otherwise(summarize);
    const { ensure, remove } = setupStates(this, {
      ...{ leaseMinutes: config.bindings.timing.leaseMinutes, functions },
      ...{ running: syncSecrets, summarize },
    });
    const definition = plan.next(
      Choice.jsonata(this, 'What is asked for?')
        .when(Condition.jsonata('{% $dryRun %}'), Succeed.jsonata(this, 'Dry run', { outputs: '{% $plan %}' }))
        .when(Condition.jsonata('{% $removal != null %}'), remove)
        .otherwise(ensure),
    );
    this.stateMachine = automationMachine(this, {
      config,
      name: 'workspace-provisioning',
      comment: 'Brings a workspace from a request to RUNNING, or deletes one. Input: {"provision": {...}}',
      definition,
      // An hour to set it up, one more after a repair, one for its removal, and the same again for a second one.
      timeout: Duration.hours(24),
      functions: functions.all,
    });
  }
}
