import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { ENDED_BADLY } from '../../lambda/contract/execution-ends.ts';
import type { EventRules } from '../events/event-intake.ts';

/**
 * Rollouts that did not end as they should. Only the rollout itself is listened to, which owns the leases: AWS does not say
 * whether the executions that its map starts are told of, and they end before it does or with it. The event is best effort;
 * the sweep makes up for one that is lost.
 */
export const endedBadly = ({ stateMachineArn }: StateMachine): EventRules => ({
  EndedBadly: {
    description: 'A key rollout failed, was stopped or ran out of time',
    eventPattern: {
      source: ['aws.states'],
      detailType: ['Step Functions Execution Status Change'],
      detail: { stateMachineArn: [stateMachineArn], status: [...ENDED_BADLY] },
    },
  },
});
