import { Duration } from 'aws-cdk-lib';
import { Schedule, ScheduleExpression, ScheduleTargetInput } from 'aws-cdk-lib/aws-scheduler';
import { StepFunctionsStartExecution } from 'aws-cdk-lib/aws-scheduler-targets';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import type { SyncRequest } from '../../lambda/contract/secret-sync.ts';
import { scheduleRole } from '../events/schedule-role.ts';

export interface SyncScheduleProps {
  readonly everyMinutes: number;
  readonly stateMachine: StateMachine;
  readonly deadLetters: Queue;
}

/** Looks at everything every so often: a lost event is made up for, and nobody has to know that it was lost. */
export class SyncSchedule extends Construct {
  constructor(scope: Construct, id: string, { everyMinutes, stateMachine, deadLetters }: SyncScheduleProps) {
    super(scope, id);
    const request: SyncRequest = { trigger: { kind: 'schedule' } };
    const every = Duration.minutes(everyMinutes);
    const role = scheduleRole(this, 'Starts the secret sync, and nothing else');
    new Schedule(this, 'Schedule', {
      description: `Syncs every secret every ${everyMinutes} minutes`,
      schedule: ScheduleExpression.rate(every),
      target: new StepFunctionsStartExecution(stateMachine, {
        role,
        input: ScheduleTargetInput.fromObject(request),
        deadLetterQueue: deadLetters,
        // Later than that, the next one is due.
        maxEventAge: every,
      }),
    });
  }
}
