import { Duration } from 'aws-cdk-lib';
import { type Alarm, ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import type { KeyRollout } from '../key-rollout/key-rollout.ts';

const PERIOD = Duration.minutes(5);

/** Alarms a person is woken for; each description says what happened and what to do first. */
export class Alarms extends Construct {
  constructor(scope: Construct, id: string, props: { readonly keyRollout: KeyRollout; readonly topic: ITopic }) {
    super(scope, id);
    const { stateMachine, deadLetters } = props.keyRollout;
    const shared = {
      threshold: 1,
      evaluationPeriods: 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    };
    const alarms: readonly Alarm[] = [
      stateMachine.metricFailed({ period: PERIOD, statistic: 'Sum' }).createAlarm(this, 'KeyRolloutFailed', {
        ...shared,
        alarmDescription:
          'A key rollout ended FAILED: its error names the workspaces. Mend what it says and start it again with the same input; what is done stays done. docs/runbook.md#key-rollout-failed',
      }),
      stateMachine.metricAborted({ period: PERIOD, statistic: 'Sum' }).createAlarm(this, 'KeyRolloutAborted', {
        ...shared,
        alarmDescription:
          'A key rollout was stopped by hand: compute it had stopped may still be down. Start a rollout of the same binding; it restarts what is on record. docs/runbook.md#compute-left-stopped',
      }),
      stateMachine.metricTimedOut({ period: PERIOD, statistic: 'Sum' }).createAlarm(this, 'KeyRolloutTimedOut', {
        ...shared,
        alarmDescription:
          'A key rollout ran out of time: compute it had stopped may still be down. Start a rollout of the same binding; it restarts what is on record. docs/runbook.md#compute-left-stopped',
      }),
      deadLetters
        .metricApproximateNumberOfMessagesVisible({ period: PERIOD, statistic: 'Maximum' })
        .createAlarm(this, 'KeyEventLost', {
          ...shared,
          alarmDescription:
            'A KMS event could not be handled and waits in the dead-letter queue. Start a rollout of the bindings of its key. docs/runbook.md#key-event-lost',
        }),
    ];
    for (const alarm of alarms) alarm.addAlarmAction(new SnsAction(props.topic));
  }
}
