import { Duration } from 'aws-cdk-lib';
import { ComparisonOperator, type Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import type { KeyRollout } from '../key-rollout/key-rollout.ts';
import type { KeyWatch } from '../key-watch/key-watch.ts';
import type { SecretSync } from '../secret-sync/secret-sync.ts';
import type { WorkspaceProvisioning } from '../workspace-provisioning/workspace-provisioning.ts';

const PERIOD = Duration.minutes(5);

export interface AlarmsProps {
  readonly keyRollout: KeyRollout | undefined;
  readonly keyWatch: KeyWatch | undefined;
  readonly secretSync: SecretSync | undefined;
  readonly provisioning: WorkspaceProvisioning | undefined;
  readonly topic: ITopic;
}

/** Alarms a person is woken for; each description says what happened and what to do first. */
export class Alarms extends Construct {
  readonly #topic: ITopic;

  constructor(scope: Construct, id: string, { keyRollout, keyWatch, secretSync, provisioning, topic }: AlarmsProps) {
    super(scope, id);
    this.#topic = topic;
    if (keyRollout !== undefined) this.#watchKeyRollout(keyRollout);
    if (keyWatch !== undefined) this.#watchKeyWatch(keyWatch);
    if (secretSync !== undefined) this.#watchSecretSync(secretSync);
    if (provisioning !== undefined) this.#watchProvisioning(provisioning);
  }

  #watchKeyRollout({ stateMachine, deadLetters }: KeyRollout): void {
    const sum = { period: PERIOD, statistic: 'Sum' };
    this.#alarm(
      'KeyRolloutFailed',
      stateMachine.metricFailed(sum),
      'A key rollout ended FAILED: its error names the workspaces. Mend what it says and start it again with the same input; what is done stays done. docs/runbook.md#key-rollout-failed',
    );
    this.#alarm(
      'KeyRolloutAborted',
      stateMachine.metricAborted(sum),
      'A key rollout was stopped by hand: compute it had stopped may still be down. Start a rollout of the same binding; it restarts what is on record. docs/runbook.md#compute-left-stopped',
    );
    this.#alarm(
      'KeyRolloutTimedOut',
      stateMachine.metricTimedOut(sum),
      'A key rollout ran out of time: compute it had stopped may still be down. Start a rollout of the same binding; it restarts what is on record. docs/runbook.md#compute-left-stopped',
    );
    if (deadLetters === undefined) return;
    this.#alarm(
      'KeyEventLost',
      deadLetters.metricApproximateNumberOfMessagesVisible({ period: PERIOD, statistic: 'Maximum' }),
      'A KMS event could not be handled and waits in the dead-letter queue. Start a rollout of the bindings of its key. docs/runbook.md#key-event-lost',
    );
  }

  #watchKeyWatch({ watch, deadLetters }: KeyWatch): void {
    this.#alarm(
      'KeyWatchFailed',
      // Longer than the usual schedule, so that one lasting failure is one alarm and not a new one with every look.
      watch.function.metricErrors({ period: Duration.hours(1), statistic: 'Sum' }),
      'The key watch could not look at every key: a danger may go unnoticed, and deletions are not taken back. Its log names the keys. docs/runbook.md#key-watch-failed',
    );
    this.#alarm(
      'KeyWatchEventLost',
      deadLetters.metricApproximateNumberOfMessagesVisible({ period: PERIOD, statistic: 'Maximum' }),
      'An event about a key could not be handled, or a scheduled look not be started, and waits in the dead-letter queue. Look at every key now. docs/runbook.md#key-watch-failed',
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

  #watchSecretSync({ stateMachine, deadLetters }: SecretSync): void {
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
    this.#alarm(
      'SecretEventLost',
      deadLetters.metricApproximateNumberOfMessagesVisible({ period: PERIOD, statistic: 'Maximum' }),
      'An event about a secret could not be handled, or a scheduled sync not be started, and waits in the dead-letter queue. Start a sync of everything. docs/runbook.md#secret-event-lost',
    );
  }

  #alarm(id: string, metric: Metric, alarmDescription: string): void {
    const alarm = metric.createAlarm(this, id, {
      threshold: 1,
      evaluationPeriods: 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
      alarmDescription,
    });
    alarm.addAlarmAction(new SnsAction(this.#topic));
  }
}
