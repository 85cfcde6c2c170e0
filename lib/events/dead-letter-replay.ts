import { Duration } from 'aws-cdk-lib';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import {
  Choice,
  Condition,
  Fail,
  type IChainable,
  Pass,
  type State,
  type StateMachine,
  Succeed,
  Timeout,
} from 'aws-cdk-lib/aws-stepfunctions';
import { CallAwsService } from 'aws-cdk-lib/aws-stepfunctions-tasks';
import { Construct } from 'constructs';
import { FAILURE } from '../../lambda/contract/failures.ts';
import type { CheckedConfig } from '../config/check-config.ts';
import { automationMachine } from '../state-machines/automation-machine.ts';
import { FAILED } from '../state-machines/failed.ts';
import { step } from '../state-machines/step.ts';
import type { EventIntake } from './event-intake.ts';

export interface DeadLetterReplayProps {
  readonly config: CheckedConfig;
  /** By the name under which people ask for their dead letters. */
  readonly intakes: Readonly<Record<string, EventIntake>>;
}

/** Longer than a front door takes, so that a letter that was not taken comes no second time in one replay. */
const HIDDEN_SECONDS = 3_600;
const MOST = 1_000;

/** EventBridge puts the event itself into the queue, Scheduler its input, and Lambda a record around either. */
const PAYLOAD = '{% ($body := $parse($letter.Body); $exists($body.requestPayload) ? $body.requestPayload : $body) %}';

/**
 * The state machine "Replay dead letters", started by hand: takes dead letters one by one and sends each through the
 * front door at which it failed. A letter is deleted when the front door has taken it; one that it refuses again stays in
 * the queue. See docs/decisions/0011-what-mends-what-events-missed.md for why this is a machine and not a function.
 */
export class DeadLetterReplay extends Construct {
  readonly stateMachine: StateMachine;

  constructor(scope: Construct, id: string, { config, intakes }: DeadLetterReplayProps) {
    super(scope, id);
    const names = Object.keys(intakes);
    const next = Choice.jsonata(this, 'Is there another?');
    const begin = Pass.jsonata(this, 'Begin', {
      assign: {
        queue: "{% $exists($states.input.queue) ? $states.input.queue : '' %}",
        left: `{% $exists($states.input.most) ? $min([$states.input.most, ${MOST}]) : 100 %}`,
        replayed: 0,
        refused: [],
        letter: null,
      },
    });
    const unknown = Fail.jsonata(this, 'No such queue', {
      error: FAILURE.inputInvalid,
      cause: `{% "queue: found '" & $queue & "', wanted one of ${names.join(', ')}" %}`,
    });
    const which = Choice.jsonata(this, 'Which queue?');
    for (const [name, intake] of Object.entries(intakes)) {
      which.when(Condition.jsonata(`{% $queue = '${name}' %}`), this.#replay(name, intake, next));
    }
    const done = Succeed.jsonata(this, 'Done', {
      outputs: { queue: '{% $queue %}', replayed: '{% $replayed %}', refused: '{% $refused %}' },
    });
    next.when(Condition.jsonata('{% $letter = null or $left <= 0 %}'), done).otherwise(which);
    this.stateMachine = automationMachine(this, {
      config,
      name: 'replay-dead-letters',
      comment: `Sends dead letters through their front door again. Input: {"queue": "${names[0]}", "most": 100}`,
      definition: begin.next(which.otherwise(unknown)),
      timeout: Duration.hours(12),
      functions: Object.values(intakes).map(({ frontDoor }) => frontDoor),
    });
  }

  /** Takes one letter of a queue, sends it through the front door, deletes it. */
  #replay(name: string, { deadLetters, frontDoor }: EventIntake, next: State): IChainable {
    const receive = this.#sqs(`Take a letter of ${name}`, deadLetters, 'receiveMessage', {
      parameters: { MaxNumberOfMessages: 1, VisibilityTimeout: HIDDEN_SECONDS },
      assign: {
        letter: '{% $exists($states.result.Messages) ? $states.result.Messages[0] : null %}',
        left: '{% $left - 1 %}',
      },
    });
    const send = step(this, `Through the front door of ${name}`, {
      fn: frontDoor,
      payload: PAYLOAD,
      outputs: '{% $states.input %}',
      retries: [
        {
          errors: ['Lambda.ServiceException', 'Lambda.SdkClientException', 'Lambda.TooManyRequestsException'],
          interval: Duration.seconds(2),
          maxAttempts: 4,
          backoffRate: 2,
        },
      ],
    });
    const remove = this.#sqs(`Delete the letter of ${name}`, deadLetters, 'deleteMessage', {
      parameters: { ReceiptHandle: '{% $letter.ReceiptHandle %}' },
      assign: { replayed: '{% $replayed + 1 %}' },
    });
    send.addCatch(next, {
      errors: ['States.ALL'],
      assign: {
        refused: `{% $append($refused, [{'messageId': $letter.MessageId, 'failure': $states.errorOutput.Error, 'message': $substring(${FAILED.message.slice(3, -3)}, 0, 500)}]) %}`,
      },
      outputs: '{% $states.input %}',
    });
    send.next(remove);
    remove.next(next);
    receive.next(
      Choice.jsonata(this, `Was there a letter of ${name}?`)
        .when(Condition.jsonata('{% $letter = null %}'), next)
        .otherwise(send),
    );
    return receive;
  }

  #sqs(
    name: string,
    queue: Queue,
    action: 'receiveMessage' | 'deleteMessage',
    {
      parameters,
      assign,
    }: { readonly parameters: Readonly<Record<string, unknown>>; readonly assign: Readonly<Record<string, unknown>> },
  ): CallAwsService {
    const task = CallAwsService.jsonata(this, name, {
      service: 'sqs',
      action,
      parameters: { QueueUrl: queue.queueUrl, ...parameters },
      iamResources: [queue.queueArn],
      iamAction: `sqs:${action.charAt(0).toUpperCase()}${action.slice(1)}`,
      assign: { ...assign },
      outputs: '{% $states.input %}',
      taskTimeout: Timeout.duration(Duration.minutes(1)),
    });
    // Receiving or deleting once more does no harm.
    task.addRetry({ errors: ['States.ALL'], interval: Duration.seconds(2), maxAttempts: 5, backoffRate: 2 });
    return task;
  }
}
