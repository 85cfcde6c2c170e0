import { type CfnElement, Duration, Stack } from 'aws-cdk-lib';
import { Schedule, ScheduleExpression, ScheduleTargetInput } from 'aws-cdk-lib/aws-scheduler';
import { LambdaInvoke } from 'aws-cdk-lib/aws-scheduler-targets';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { WatchRequest } from '../../lambda/contract/key-watch.ts';
import { acknowledge } from '../acknowledge.ts';
import { scheduleRole } from '../events/schedule-role.ts';
import type { AutomationFunction } from '../functions/automation-function.ts';

export interface WatchScheduleProps {
  readonly everyMinutes: number;
  readonly watch: AutomationFunction;
  readonly deadLetters: Queue;
}

/** Looks at every key every so often: a lost event is made up for, and holds end in time. */
export class WatchSchedule extends Construct {
  constructor(scope: Construct, id: string, { everyMinutes, watch, deadLetters }: WatchScheduleProps) {
    super(scope, id);
    const request: WatchRequest = { trigger: { kind: 'schedule' } };
    const every = Duration.minutes(everyMinutes);
    const role = scheduleRole(this, 'Starts the key watch, and nothing else');
    new Schedule(this, 'Schedule', {
      description: `Looks at every key every ${everyMinutes} minutes`,
      schedule: ScheduleExpression.rate(every),
      target: new LambdaInvoke(watch.function, {
        role,
        input: ScheduleTargetInput.fromObject(request),
        deadLetterQueue: deadLetters,
        // Later than that, the next one is due.
        maxEventAge: every,
      }),
    });
    const logicalId = Stack.of(this).getLogicalId(watch.function.node.defaultChild as CfnElement);
    acknowledge(role, `IAM5[Resource::<${logicalId}.Arn>:*]`, 'Versions and aliases of exactly this function');
  }
}
