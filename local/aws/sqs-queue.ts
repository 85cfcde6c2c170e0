import { randomUUID } from 'node:crypto';

/** A message as it lies in a queue. Times are milliseconds since the epoch. */
export interface QueueMessage {
  readonly id: string;
  readonly body: string;
  readonly attributes: Readonly<Record<string, MessageAttribute>>;
  readonly sentAt: number;
  visibleAt: number;
  receiveCount: number;
  firstReceivedAt?: number;
  receiptHandle?: string;
}

export interface MessageAttribute {
  readonly DataType: string;
  readonly StringValue?: string | undefined;
  /** In base64. */
  readonly BinaryValue?: string | undefined;
}

/** Where messages go that were received too often. */
export interface Redrive {
  readonly deadLetterTargetArn: string;
  readonly maxReceiveCount: number;
}

export interface NewQueue {
  readonly name: string;
  readonly arn: string;
  readonly url: string;
  readonly visibilityTimeoutS: number;
  readonly retentionS: number;
  readonly redrive?: Redrive | undefined;
}

/** A standard queue: at-least-once, a received message is hidden for the visibility timeout. */
export class Queue {
  readonly about: NewQueue;
  #messages: QueueMessage[] = [];
  #waiting: (() => void)[] = [];

  constructor(about: NewQueue) {
    this.about = about;
  }

  /** Everything in the queue, hidden or not, oldest first. */
  get messages(): readonly QueueMessage[] {
    return this.#messages;
  }

  send(
    body: string,
    {
      now,
      delayMs = 0,
      attributes = {},
    }: {
      readonly now: number;
      readonly delayMs?: number;
      readonly attributes?: Readonly<Record<string, MessageAttribute>>;
    },
  ): QueueMessage {
    const message = { id: randomUUID(), body, attributes, sentAt: now, visibleAt: now + delayMs, receiveCount: 0 };
    this.#messages.push(message);
    for (const wake of this.#waiting.splice(0)) wake();
    return message;
  }

  /** Hands out at most `most` visible messages and hides them; those received too often go to `bury` instead. */
  receive({
    now,
    most,
    hideMs,
    bury,
  }: {
    readonly now: number;
    readonly most: number;
    readonly hideMs: number;
    readonly bury: (redrive: Redrive, message: QueueMessage) => void;
  }): readonly QueueMessage[] {
    this.#forget(now);
    const handed: QueueMessage[] = [];
    for (const message of this.#messages.filter((each) => each.visibleAt <= now)) {
      if (handed.length === most) break;
      const { redrive } = this.about;
      if (redrive !== undefined && message.receiveCount >= redrive.maxReceiveCount) {
        this.#messages = this.#messages.filter((each) => each !== message);
        bury(redrive, message);
        continue;
      }
      message.receiveCount += 1;
      message.firstReceivedAt ??= now;
      message.receiptHandle = randomUUID();
      message.visibleAt = now + hideMs;
      handed.push(message);
    }
    return handed;
  }

  /** Settles when a message arrives, or after `ms` of real time. */
  async arrival(ms: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#waiting.push(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  /** True if the handle was one of the queue's; deleting twice does no harm. */
  delete(receiptHandle: string): void {
    this.#messages = this.#messages.filter((message) => message.receiptHandle !== receiptHandle);
  }

  purge(): void {
    this.#messages = [];
  }

  /** Ends all waiting. */
  close(): void {
    for (const wake of this.#waiting.splice(0)) wake();
  }

  #forget(now: number): void {
    this.#messages = this.#messages.filter((message) => now - message.sentAt < this.about.retentionS * 1_000);
  }
}
