import { randomUUID } from 'node:crypto';
import type { LocalClock } from '../clock.ts';
import { type Actions, invalid, optionalText, perform, type Request, text } from './actions.ts';
import { arnAt, type Home } from './home.ts';
import { AwsError, type AwsService } from './service.ts';

/** A message as it was published. */
export interface PublishedMessage {
  readonly id: string;
  readonly topicArn: string;
  readonly message: string;
  readonly subject?: string | undefined;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

export interface Subscription {
  readonly arn: string;
  readonly topicArn: string;
  readonly protocol: string;
  readonly endpoint: string;
}

/** Protocols that end at a person: what is published can be read here, nothing is sent. */
const KEPT_PROTOCOLS = new Set(['email', 'email-json', 'sms', 'http', 'https']);

/** SNS (query protocol): topics that keep what is published. Nothing leaves the machine. */
export class Sns implements AwsService {
  readonly #home: Home;
  readonly #clock: LocalClock;
  readonly #onPublish: (message: PublishedMessage) => void;
  readonly #topics = new Set<string>();
  #subscriptions: Subscription[] = [];
  readonly #published: PublishedMessage[] = [];

  constructor(settings: {
    readonly home: Home;
    readonly clock: LocalClock;
    readonly onPublish?: (message: PublishedMessage) => void;
  }) {
    this.#home = settings.home;
    this.#clock = settings.clock;
    this.#onPublish = settings.onPublish ?? (() => undefined);
  }

  handle(action: string, input: Request): Promise<unknown> {
    return perform('sns', this.#actions, action, input);
  }

  /** Adds a topic; answers its ARN. Throws ValidationException for a FIFO topic. */
  addTopic(name: string): string {
    if (name.endsWith('.fifo')) throw invalid('the local run does not know FIFO topics');
    const arn = arnAt(this.#home, 'sns', name);
    this.#topics.add(arn);
    return arn;
  }

  /** Notes a subscription; answers its ARN. Throws for protocols whose messages the product would have to get. */
  addSubscription({ topicArn, protocol, endpoint }: Omit<Subscription, 'arn'>): string {
    this.#require(topicArn);
    if (!KEPT_PROTOCOLS.has(protocol)) throw invalid(`the local run does not know SNS subscriptions by ${protocol}`);
    const arn = `${topicArn}:${randomUUID()}`;
    this.#subscriptions.push({ arn, topicArn, protocol, endpoint });
    return arn;
  }

  /** Everything that was published, oldest first. */
  get published(): readonly PublishedMessage[] {
    return this.#published;
  }

  /** Publishes to the topic with this ARN; answers the message id. Throws NotFound. */
  publish(topicArn: string, message: string, subject?: string): string {
    this.#require(topicArn);
    const published = { id: randomUUID(), topicArn, message, subject, at: this.#clock.now() };
    this.#published.push(published);
    this.#onPublish(published);
    return published.id;
  }

  #require(topicArn: string): void {
    if (!this.#topics.has(topicArn)) throw new AwsError('NotFound', 'Topic does not exist', 404);
  }

  readonly #actions: Actions = {
    Publish: {
      fields: ['TopicArn', 'TargetArn', 'Message', 'Subject', 'MessageAttributes'],
      run: (request) => {
        const topic = optionalText(request, 'TopicArn') ?? text(request, 'TargetArn');
        return { MessageId: this.publish(topic, text(request, 'Message'), optionalText(request, 'Subject')) };
      },
    },
    CreateTopic: {
      fields: ['Name'],
      run: (request) => ({ TopicArn: this.addTopic(text(request, 'Name')) }),
    },
    DeleteTopic: {
      // Deletes the subscriptions too; one that is gone already is no error.
      fields: ['TopicArn'],
      run: (request) => {
        const topicArn = text(request, 'TopicArn');
        this.#topics.delete(topicArn);
        this.#subscriptions = this.#subscriptions.filter((each) => each.topicArn !== topicArn);
        return {};
      },
    },
    ListTopics: {
      fields: ['NextToken'],
      run: () => ({ Topics: [...this.#topics].map((TopicArn) => ({ TopicArn })) }),
    },
    ListSubscriptionsByTopic: {
      fields: ['TopicArn', 'NextToken'],
      run: (request) => {
        const topicArn = text(request, 'TopicArn');
        this.#require(topicArn);
        const own = this.#subscriptions.filter((each) => each.topicArn === topicArn);
        return {
          Subscriptions: own.map((each) => ({
            SubscriptionArn: each.arn,
            Owner: this.#home.account,
            Protocol: each.protocol,
            Endpoint: each.endpoint,
            TopicArn: topicArn,
          })),
        };
      },
    },
  };
}
