import { type CfnElement, Duration, Stack } from 'aws-cdk-lib';
import { ContextAttribute, Schedule, ScheduleExpression, ScheduleTargetInput } from 'aws-cdk-lib/aws-scheduler';
import { LambdaInvoke } from 'aws-cdk-lib/aws-scheduler-targets';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { ScheduledRequest } from '../../lambda/contract/schedule.ts';
import { acknowledge } from '../acknowledge.ts';
import type { AutomationFunction } from '../functions/automation-function.ts';
import { scheduleRole } from './schedule-role.ts';

export interface FunctionScheduleProps {
  readonly description: string;
  readonly every: Duration;
  readonly frontDoor: AutomationFunction;
  readonly deadLetters: Queue;
}

/** Sends a ScheduledRequest to a front door every so often: a lost event is made up for. */
export class FunctionSchedule extends Construct {
  constructor(scope: Construct, id: string, { description, every, frontDoor, deadLetters }: FunctionScheduleProps) {
    super(scope, id);
    const request: ScheduledRequest = { trigger: { kind: 'schedule', time: ContextAttribute.scheduledTime } };
    const role = scheduleRole(this, `${description}, and does nothing else`);
    new Schedule(this, 'Schedule', {
      description,
      schedule: ScheduleExpression.rate(every),
      target: new LambdaInvoke(frontDoor.function, {
        role,
        input: ScheduleTargetInput.fromObject(request),
        deadLetterQueue: deadLetters,
        // Later than that, the next one is due, and a day is the most that Scheduler takes.
        maxEventAge: every.toMinutes() > 24 * 60 ? Duration.hours(24) : every,
      }),
    });
    const logicalId = Stack.of(this).getLogicalId(frontDoor.function.node.defaultChild as CfnElement);
    acknowledge(role, `IAM5[Resource::<${logicalId}.Arn>:*]`, 'Versions and aliases of exactly this function');
  }
}
