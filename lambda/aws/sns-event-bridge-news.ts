import { type EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import type { NewsDesk } from '../app/key-watch-ports.ts';
import { FAILURE } from '../contract/failures.ts';
import { NEWS_SOURCE } from '../contract/key-watch.ts';
import { AutomationError } from '../domain/failure.ts';
import type { KeyNews } from '../domain/key-news.ts';
import { errorName } from './error-name.ts';
import { shortLine } from './sns-messenger.ts';

/** News as a message of the topic, for people, and then as an event of the default bus, for programs. */
export class SnsEventBridgeNews implements NewsDesk {
  readonly #sns: SNSClient;
  readonly #events: EventBridgeClient;
  readonly #topicArn: string;

  constructor(sns: SNSClient, events: EventBridgeClient, topicArn: string) {
    this.#sns = sns;
    this.#events = events;
    this.#topicArn = topicArn;
  }

  async tell(news: KeyNews): Promise<void> {
    const { subject, message, type, detail, keyArn } = news;
    await sent(news, 'the topic', () =>
      this.#sns.send(new PublishCommand({ TopicArn: this.#topicArn, Subject: shortLine(subject), Message: message })),
    );
    await sent(news, 'the event bus', async () => {
      const { Entries } = await this.#events.send(
        new PutEventsCommand({
          Entries: [
            {
              Source: NEWS_SOURCE,
              DetailType: type,
              Detail: JSON.stringify(detail),
              Resources: keyArn.startsWith('arn:') ? [keyArn] : [],
            },
          ],
        }),
      );
      // PutEvents answers 200 for entries that it does not take.
      const refused = Entries?.find(({ ErrorCode }) => ErrorCode !== undefined);
      if (refused !== undefined) throw new Error(`${refused.ErrorCode}: ${refused.ErrorMessage}`);
    });
  }
}

async function sent(news: KeyNews, where: string, send: () => Promise<unknown>): Promise<void> {
  try {
    await send();
  } catch (error) {
    throw new AutomationError(
      FAILURE.newsNotSent,
      `'${news.type}' about key ${news.keyArn} was not taken by ${where} (${errorName(error) ?? 'an error'}); it is told again`,
      { cause: error },
    );
  }
}
