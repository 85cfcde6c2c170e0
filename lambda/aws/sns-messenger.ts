import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import type { Message, Messenger } from '../app/ports.ts';
import { FAILURE } from '../contract/failures.ts';
import { AutomationError } from '../domain/failure.ts';
import { errorName } from './error-name.ts';

/** Messages of the stage's topic. */
export class SnsMessenger implements Messenger {
  readonly #sns: SNSClient;
  readonly #topicArn: string;

  constructor(sns: SNSClient, topicArn: string) {
    this.#sns = sns;
    this.#topicArn = topicArn;
  }

  async tell({ subject, message }: Message): Promise<void> {
    try {
      await this.#sns.send(
        new PublishCommand({ TopicArn: this.#topicArn, Subject: shortLine(subject), Message: message }),
      );
    } catch (error) {
      throw new AutomationError(
        FAILURE.newsNotSent,
        `'${subject}' was not taken by the topic (${errorName(error) ?? 'an error'}); it is told again`,
        { cause: error },
      );
    }
  }
}

/** SNS takes 100 printable ASCII characters. */
export const shortLine = (subject: string): string => subject.replace(/[^ -~]/g, '?').slice(0, 100);
