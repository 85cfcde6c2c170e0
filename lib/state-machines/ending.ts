import { Duration } from 'aws-cdk-lib';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Choice, Condition, Fail, type IChainable, Succeed, TaskInput, Timeout } from 'aws-cdk-lib/aws-stepfunctions';
import { SnsPublish } from 'aws-cdk-lib/aws-stepfunctions-tasks';
import type { Construct } from 'constructs';
import type { FailureName } from '../../lambda/contract/failures.ts';

export interface EndingProps {
  readonly topic: ITopic;
  /** JSONata: true if people are to hear of it. */
  readonly worthTelling: string;
  readonly question: string;
  readonly right: string;
  readonly wrong: string;
  readonly error: FailureName;
}

/**
 * The end of a machine whose variable `summary` holds `ok`, `headline` and `message`: people are told, then the execution
 * succeeds with the summary, or fails with its message so that it can be seen and started again.
 */
export function ending(scope: Construct, props: EndingProps): IChainable {
  const notify = SnsPublish.jsonata(scope, 'Notify', {
    topic: props.topic,
    // SNS subjects hold at most 100 characters of ASCII.
    subject: "{% $substring($replace($summary.headline, /[^ -~]/, '?'), 0, 100) %}",
    message: TaskInput.fromText('{% $summary.message %}'),
    outputs: '{% $summary %}',
    taskTimeout: Timeout.duration(Duration.minutes(1)),
  });
  const verdict = Choice.jsonata(scope, props.question)
    .when(Condition.jsonata('{% $summary.ok %}'), Succeed.jsonata(scope, props.right, { outputs: '{% $summary %}' }))
    .otherwise(
      Fail.jsonata(scope, props.wrong, { error: props.error, cause: '{% $substring($summary.message, 0, 30000) %}' }),
    );
  return Choice.jsonata(scope, 'Is there anything to tell?')
    .when(Condition.jsonata(props.worthTelling), notify.next(verdict))
    .otherwise(verdict);
}
