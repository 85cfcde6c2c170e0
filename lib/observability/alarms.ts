import { Duration } from 'aws-cdk-lib';
import { ComparisonOperator, type Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import type { ComputeCare } from '../compute-care/compute-care.ts';
import type { EventIntake } from '../events/event-intake.ts';
import type { KeyRollout } from '../key-rollout/key-rollout.ts';
import type { KeyWatch } from '../key-watch/key-watch.ts';
import type { SecretSync } from '../secret-sync/secret-sync.ts';
import type { WorkspaceProvisioning } from '../workspace-provisioning/workspace-provisioning.ts';

const PERIOD = Duration.minutes(5);

/** A dead letter is deleted after 14 days; whoever missed the first alarm has eleven left. */
const OLD_LETTER = Duration.days(3);

export interface AlarmsProps {
  readonly keyRollout: KeyRollout | undefined;
  readonly keyWatch: KeyWatch | undefined;
  readonly computeCare: ComputeCare | undefined;
  readonly secretSync: SecretSync | undefined;
  readonly provisioning: WorkspaceProvisioning | undefined;
  readonly topic: ITopic;
}

/** Alarms a person is woken for; each description says what happened and what to do first. */
export class Alarms extends Construct {
  readonly #topic: ITopic;

  constructor(scope: Construct, id: string, props: AlarmsProps) {
    super(scope, id);
    const { keyRollout, keyWatch, computeCare, secretSync, provisioning, topic } = props;
    this.#topic = topic;
    if (keyRollout !== undefined) this.#watchKeyRollout(keyRollout);
    if (keyWatch !== undefined) this.#watchKeyWatch(keyWatch);
    if (computeCare !== undefined) this.#watchComputeCare(computeCare);
    if (secretSync !== undefined) this.#watchSecretSync(secretSync);
    if (provisioning !== undefined) this.#watchProvisioning(provisioning);
  }

  #watchKeyRollout({ stateMachine, intake }: KeyRollout): void {
    const sum = { period: PERIOD, statistic: 'Sum' };
    this.#alarm(
      'KeyRolloutFailed',
      stateMachine.metricFailed(sum),
      'A key rollout ended FAILED: its error names the workspaces. Mend what it says and start it again with the same input; what is done stays done. docs/runbook.md#key-rollout-failed',
    );
    this.#alarm(
      'KeyRolloutAborted',
      stateMachine.metricAborted(sum),
      'A key rollout was stopped by hand: its workspaces are freed and the compute it had stopped is restarted by itself within minutes. See that it runs. docs/runbook.md#compute-left-stopped',
    );
    this.#alarm(
      'KeyRolloutTimedOut',
      stateMachine.metricTimedOut(sum),
      'A key rollout ran out of time: its workspaces are freed and the compute it had stopped is restarted by itself within minutes. See that it runs. docs/runbook.md#compute-left-stopped',
    );
    if (intake !== undefined)
      this.#watchLetters(
        'KeyEvent',
        intake,
        'A KMS event could not be handled and waits in the dead-letter queue. Start a rollout of the bindings of its key. docs/runbook.md#key-event-lost',
      );
  }

  #watchKeyWatch({ watch, intake }: KeyWatch): void {
    this.#alarm(
      'KeyWatchFailed',
      // Longer than the usual schedule, so that one lasting failure is one alarm and not a new one with every look.
      watch.function.metricErrors({ period: Duration.hours(1), statistic: 'Sum' }),
      'The key watch could not look at every key: a danger may go unnoticed, and deletions are not taken back. Its log names the keys. docs/runbook.md#key-watch-failed',
    );
    this.#watchLetters(
      'KeyWatchEvent',
      intake,
      'An event about a key could not be handled, or a scheduled look not be started, and waits in the dead-letter queue. Look at every key now. docs/runbook.md#key-watch-failed',
    );
  }

  #watchComputeCare({ care, intake }: ComputeCare): void {
    this.#alarm(
      'ComputeCareFailed',
      care.function.metricErrors({ period: Duration.hours(1), statistic: 'Sum' }),
      'Compute that rollouts left stopped could not be looked after; it is tried again with the next sweep. Its log says why. docs/runbook.md#compute-care-failed',
    );
    this.#watchLetters(
      'ComputeCareEvent',
      intake,
      'The end of a key rollout could not be handled, or a sweep not be started, and waits in the dead-letter queue. The next sweep makes up for it. docs/runbook.md#compute-care-failed',
    );
  }

  #watchProvisioning({ stateMachine }: WorkspaceProvisioning): void {
    const sum = { period: PERIOD, statistic: 'Sum' };
    this.#alarm(
      'ProvisioningFailed',
      stateMachine.metricFailed(sum),
      'A workspace could not be provisioned or deleted: the error names it and says what to do. Mend the cause and send the same request again; it goes on with what is there. docs/runbook.md#workspace-provisioning-failed',
    );
    this.#alarm(
      'ProvisioningTimedOut',
      stateMachine.metricTimedOut(sum),
      'A workspace was not provisioned in time. Look at its diagnosis and send the same request again; it goes on with what is there. docs/runbook.md#workspace-provisioning-failed',
    );
  }

  #watchSecretSync({ stateMachine, intake }: SecretSync): void {
    const sum = { period: PERIOD, statistic: 'Sum' };
    this.#alarm(
      'SecretSyncFailed',
      // Longer than the usual schedule, so that one lasting failure is one alarm and not a new one with every sync.
      stateMachine.metricFailed({ period: Duration.hours(1), statistic: 'Sum' }),
      'A secret sync ended FAILED: its error names the scopes and secrets. Mend what it says; the next sync goes on, what is done stays done. docs/runbook.md#secret-sync-failed',
    );
    this.#alarm(
      'SecretSyncAborted',
      stateMachine.metricAborted(sum),
      'A secret sync was stopped by hand: some scopes may hold old values until the next sync. docs/runbook.md#secret-sync-failed',
    );
    this.#alarm(
      'SecretSyncTimedOut',
      stateMachine.metricTimedOut(sum),
      'A secret sync ran out of time: some scopes may hold old values until the next sync. docs/runbook.md#secret-sync-failed',
    );
    this.#watchLetters(
      'SecretEvent',
      intake,
      'An event about a secret could not be handled, or a scheduled sync not be started, and waits in the dead-letter queue. Start a sync of everything. docs/runbook.md#secret-event-lost',
    );
  }

  /** `text` says of a letter what it is and what to do, and where that stands. */
  #watchLetters(id: string, { deadLetters }: EventIntake, text: string): void {
    const most = { period: PERIOD, statistic: 'Maximum' };
    this.#alarm(`${id}Lost`, deadLetters.metricApproximateNumberOfMessagesVisible(most), text);
    this.#alarm(
      `${id}Forgotten`,
      deadLetters.metricApproximateAgeOfOldestMessage(most),
      `A dead letter has been waiting for ${OLD_LETTER.toDays()} days, and is deleted after 14. ${text}`,
      OLD_LETTER.toSeconds(),
    );
  }

  #alarm(id: string, metric: Metric, alarmDescription: string, threshold = 1): void {
    const alarm = metric.createAlarm(this, id, {
      threshold,
      evaluationPeriods: 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
      alarmDescription,
    });
    alarm.addAlarmAction(new SnsAction(this.#topic));
  }
}
