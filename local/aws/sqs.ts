import type { LocalClock } from '../clock.ts';
import {
  type Actions,
  invalid,
  isRecord,
  objects,
  optionalCount,
  optionalText,
  perform,
  type Request,
  text,
} from './actions.ts';
import { arnAt, type Home } from './home.ts';
import { AwsError, type AwsService } from './service.ts';
import { md5, md5OfAttributes } from './sqs-digest.ts';
import { type MessageAttribute, type NewQueue, Queue, type QueueMessage } from './sqs-queue.ts';

/** A message may have 1 MiB, its attributes included ("Amazon SQS message quotas"). */
const MOST_BYTES = 1024 * 1024;

const MESSAGE_FIELDS = ['QueueUrl', 'MessageBody', 'DelaySeconds', 'MessageAttributes'];

/** What may be chosen about a queue; the rest is as SQS has it. */
export type QueueChoices = Partial<Pick<NewQueue, 'visibilityTimeoutS' | 'retentionS' | 'redrive'>>;

/** SQS (AWS JSON 1.0, target prefix `AmazonSQS`): standard queues, written from the API reference. */
export class Sqs implements AwsService {
  readonly #home: Home;
  readonly #clock: LocalClock;
  readonly #endpointUrl: () => string;
  readonly #queues = new Map<string, Queue>();

  constructor(settings: { readonly home: Home; readonly clock: LocalClock; readonly endpointUrl: () => string }) {
    this.#home = settings.home;
    this.#clock = settings.clock;
    this.#endpointUrl = settings.endpointUrl;
  }

  handle(action: string, input: Request): Promise<unknown> {
    return perform('sqs', this.#actions, action, input);
  }

  /** Adds a queue; answers its URL and ARN. Throws ValidationException for a FIFO queue. */
  addQueue(name: string, choices: QueueChoices = {}): { readonly url: string; readonly arn: string } {
    if (name.endsWith('.fifo')) throw invalid('the local run does not know FIFO queues');
    const url = `${this.#endpointUrl()}/${this.#home.account}/${name}`;
    const arn = arnAt(this.#home, 'sqs', name);
    this.#queues.set(name, new Queue({ name, arn, url, visibilityTimeoutS: 30, retentionS: 345_600, ...choices }));
    return { url, arn };
  }

  /** Puts a message into the queue with this ARN, with text attributes. Throws AWS.SimpleQueueService.NonExistentQueue. */
  send(queueArn: string, body: string, attributes: Readonly<Record<string, string>> = {}): void {
    const typed = Object.entries(attributes).map(([name, value]) => [name, { DataType: 'String', StringValue: value }]);
    this.#queue(queueArn).send(body, { now: this.#clock.now(), attributes: Object.fromEntries(typed) });
  }

  /** ARNs of all queues. */
  arns(): readonly string[] {
    return [...this.#queues.values()].map(({ about }) => about.arn);
  }

  /** What lies in a queue, hidden messages included. Throws AWS.SimpleQueueService.NonExistentQueue. */
  messages(queueArn: string): readonly Readonly<QueueMessage>[] {
    return this.#queue(queueArn).messages;
  }

  /** Ends calls that wait for messages. */
  close(): void {
    for (const queue of this.#queues.values()) queue.close();
  }

  readonly #actions: Actions = {
    GetQueueUrl: {
      fields: ['QueueName', 'QueueOwnerAWSAccountId'],
      run: (request) => ({ QueueUrl: this.#queue(text(request, 'QueueName')).about.url }),
    },
    ListQueues: {
      fields: ['QueueNamePrefix', 'MaxResults'],
      run: (request) => {
        const prefix = optionalText(request, 'QueueNamePrefix') ?? '';
        const named = [...this.#queues.values()].filter((queue) => queue.about.name.startsWith(prefix));
        return named.length === 0 ? {} : { QueueUrls: named.map((queue) => queue.about.url) };
      },
    },
    GetQueueAttributes: {
      fields: ['QueueUrl', 'AttributeNames'],
      run: (request) => this.#attributes(request),
    },
    SendMessage: { fields: MESSAGE_FIELDS, run: (request) => this.#send(request, request) },
    SendMessageBatch: {
      fields: ['QueueUrl', 'Entries'],
      run: (request) => ({
        Successful: objects(request, 'Entries').map((entry) => ({
          Id: text(entry, 'Id'),
          ...this.#send(request, entry),
        })),
        Failed: [],
      }),
    },
    ReceiveMessage: {
      fields: [
        ...['QueueUrl', 'MaxNumberOfMessages', 'VisibilityTimeout', 'WaitTimeSeconds', 'AttributeNames'],
        ...['MessageAttributeNames', 'MessageSystemAttributeNames'],
      ],
      run: (request) => this.#receive(request),
    },
    DeleteMessage: {
      fields: ['QueueUrl', 'ReceiptHandle'],
      run: (request) => {
        this.#queue(text(request, 'QueueUrl')).delete(text(request, 'ReceiptHandle'));
        return {};
      },
    },
    PurgeQueue: {
      fields: ['QueueUrl'],
      run: (request) => {
        this.#queue(text(request, 'QueueUrl')).purge();
        return {};
      },
    },
  };

  /** By name, ARN or URL. */
  #queue(named: string): Queue {
    const queue = this.#queues.get(named.slice(Math.max(named.lastIndexOf('/'), named.lastIndexOf(':')) + 1));
    if (queue !== undefined) return queue;
    throw new AwsError('AWS.SimpleQueueService.NonExistentQueue', 'The specified queue does not exist.');
  }

  #send(request: Request, entry: Request) {
    const body = text(entry, 'MessageBody');
    const attributes = readAttributes(entry.MessageAttributes);
    if (Buffer.byteLength(body) > MOST_BYTES) throw invalid(`a message holds at most ${MOST_BYTES} bytes`);
    const delay = optionalCount(entry, 'DelaySeconds', { least: 0, most: 900 }) ?? 0;
    const queue = this.#queue(text(request, 'QueueUrl'));
    const message = queue.send(body, { now: this.#clock.now(), delayMs: delay * 1_000, attributes });
    return {
      MessageId: message.id,
      MD5OfMessageBody: md5(body),
      MD5OfMessageAttributes: md5OfAttributes(attributes),
    };
  }

  async #receive(request: Request): Promise<unknown> {
    const queue = this.#queue(text(request, 'QueueUrl'));
    const most = optionalCount(request, 'MaxNumberOfMessages', { least: 1, most: 10 }) ?? 1;
    const hidden = optionalCount(request, 'VisibilityTimeout', { least: 0, most: 43_200 });
    const waitS = optionalCount(request, 'WaitTimeSeconds', { least: 0, most: 20 }) ?? 0;
    const hideMs = (hidden ?? queue.about.visibilityTimeoutS) * 1_000;
    const take = () =>
      queue.receive({
        now: this.#clock.now(),
        most,
        hideMs,
        bury: (redrive, message) =>
          this.#queue(redrive.deadLetterTargetArn).send(message.body, {
            now: this.#clock.now(),
            attributes: message.attributes,
          }),
      });
    let messages = take();
    if (messages.length === 0 && waitS > 0) {
      await queue.arrival(waitS * 1_000);
      messages = take();
    }
    return messages.length === 0 ? {} : { Messages: messages.map((message) => received(message, request)) };
  }

  #attributes(request: Request): unknown {
    const { about, messages } = this.#queue(text(request, 'QueueUrl'));
    const now = this.#clock.now();
    const hidden = messages.filter((message) => message.visibleAt > now).length;
    const all: Readonly<Record<string, string>> = {
      QueueArn: about.arn,
      ApproximateNumberOfMessages: String(messages.length - hidden),
      ApproximateNumberOfMessagesNotVisible: String(hidden),
      VisibilityTimeout: String(about.visibilityTimeoutS),
      MessageRetentionPeriod: String(about.retentionS),
      ...(about.redrive === undefined ? {} : { RedrivePolicy: JSON.stringify(about.redrive) }),
    };
    const names = Array.isArray(request.AttributeNames) ? request.AttributeNames.map(String) : [];
    return { Attributes: only(all, names) };
  }
}

/** The named entries; all of them for `All`. */
const only = <T>(all: Readonly<Record<string, T>>, names: readonly string[]): Readonly<Record<string, T>> =>
  names.includes('All') ? all : Object.fromEntries(Object.entries(all).filter(([name]) => names.includes(name)));

const names = (request: Request, ...fields: readonly string[]): readonly string[] =>
  fields.flatMap((field) => (Array.isArray(request[field]) ? request[field].map(String) : []));

const received = (message: QueueMessage, request: Request): unknown => {
  const asked = names(request, 'MessageAttributeNames').map((name) => (name === '.*' ? 'All' : name));
  const attributes = only(message.attributes, asked);
  const system = {
    SentTimestamp: String(Math.floor(message.sentAt)),
    ApproximateReceiveCount: String(message.receiveCount),
    ApproximateFirstReceiveTimestamp: String(Math.floor(message.firstReceivedAt ?? 0)),
  };
  const wanted = only(system, names(request, 'AttributeNames', 'MessageSystemAttributeNames'));
  return {
    MessageId: message.id,
    ReceiptHandle: message.receiptHandle,
    Body: message.body,
    MD5OfBody: md5(message.body),
    MD5OfMessageAttributes: md5OfAttributes(attributes),
    ...(Object.keys(attributes).length === 0 ? {} : { MessageAttributes: attributes }),
    ...(Object.keys(wanted).length === 0 ? {} : { Attributes: wanted }),
  };
};

const readAttributes = (given: unknown): Readonly<Record<string, MessageAttribute>> => {
  if (given === undefined) return {};
  if (!isRecord(given)) throw invalid('MessageAttributes must be an object');
  return Object.fromEntries(
    Object.entries(given).map(([name, attribute]) => {
      if (!isRecord(attribute)) throw invalid(`the message attribute ${name} must be an object`);
      const StringValue = optionalText(attribute, 'StringValue');
      const BinaryValue = optionalText(attribute, 'BinaryValue');
      return [name, { DataType: text(attribute, 'DataType'), StringValue, BinaryValue }];
    }),
  );
};
