import { randomUUID } from 'node:crypto';
import type { LocalClock } from '../clock.ts';
import { type Actions, objects, optionalCount, optionalText, perform, type Request, text } from './actions.ts';
import { arnAt, type Home } from './home.ts';
import { pageOf } from './page.ts';
import { AwsError, type AwsService } from './service.ts';

interface LogGroup {
  readonly name: string;
  readonly createdAt: number;
  readonly events: LogEvent[];
}

interface LogEvent {
  readonly eventId: string;
  readonly logStreamName: string;
  /** Milliseconds since the epoch. */
  readonly timestamp: number;
  readonly ingestionTime: number;
  readonly message: string;
}

/** Events that a group keeps; older ones go, because a local run may go on for days. */
const MOST_EVENTS = 10_000;

/** CloudWatch Logs (AWS JSON 1.1, target prefix `Logs_20140328`): enough to read what the local Lambdas printed. */
export class Logs implements AwsService {
  readonly #home: Home;
  readonly #clock: LocalClock;
  readonly #groups = new Map<string, LogGroup>();

  constructor(home: Home, clock: LocalClock) {
    this.#home = home;
    this.#clock = clock;
  }

  handle(action: string, input: Request): Promise<unknown> {
    return perform('logs', this.#actions, action, input);
  }

  /** Adds a group unless it is there; answers its ARN. */
  addGroup(name: string): string {
    if (!this.#groups.has(name)) this.#groups.set(name, { name, createdAt: this.#clock.now(), events: [] });
    return arnAt(this.#home, 'logs', `log-group:${name}:*`);
  }

  /** Writes a line, and the group too if it is not there. `at` is in milliseconds since the epoch. */
  write(group: string, stream: string, line: { readonly at: number; readonly text: string }): void {
    this.addGroup(group);
    const events = this.#groups.get(group)?.events ?? [];
    const timestamp = Math.floor(line.at);
    const ingestionTime = Math.floor(this.#clock.now());
    events.push({ eventId: randomUUID(), logStreamName: stream, timestamp, ingestionTime, message: line.text });
    if (events.length > MOST_EVENTS) events.splice(0, events.length - MOST_EVENTS);
  }

  readonly #actions: Actions = {
    DescribeLogGroups: {
      fields: ['logGroupNamePrefix', 'limit', 'nextToken'],
      run: (request) => {
        const prefix = optionalText(request, 'logGroupNamePrefix') ?? '';
        const all = [...this.#groups.values()].filter((group) => group.name.startsWith(prefix));
        const { items, next } = page(all, request, 50);
        return { logGroups: items.map((group) => this.#describe(group)), nextToken: next };
      },
    },
    PutLogEvents: {
      fields: ['logGroupName', 'logStreamName', 'logEvents', 'sequenceToken'],
      run: (request) => {
        const group = this.#group(request);
        const stream = text(request, 'logStreamName');
        for (const event of objects(request, 'logEvents')) {
          this.write(group.name, stream, { at: Number(event.timestamp), text: text(event, 'message') });
        }
        return {};
      },
    },
    FilterLogEvents: {
      fields: ['logGroupName', 'startTime', 'endTime', 'filterPattern', 'limit', 'nextToken', 'interleaved'],
      run: (request) => this.#filter(request),
    },
  };

  #group(request: Request): LogGroup {
    const group = this.#groups.get(text(request, 'logGroupName'));
    if (group !== undefined) return group;
    throw new AwsError('ResourceNotFoundException', 'The specified log group does not exist.');
  }

  #describe({ name, createdAt, events }: LogGroup): unknown {
    const logGroupArn = arnAt(this.#home, 'logs', `log-group:${name}`);
    const storedBytes = events.reduce((sum, event) => sum + Buffer.byteLength(event.message), 0);
    return {
      logGroupName: name,
      creationTime: Math.floor(createdAt),
      arn: `${logGroupArn}:*`,
      logGroupArn,
      storedBytes,
    };
  }

  #filter(request: Request): unknown {
    const wanted = wordsOf(optionalText(request, 'filterPattern') ?? '');
    const from = Number(request.startTime ?? 0);
    const to = Number(request.endTime ?? Number.MAX_SAFE_INTEGER);
    const all = this.#group(request).events.filter(
      (event) =>
        event.timestamp >= from && event.timestamp <= to && wanted.every((word) => event.message.includes(word)),
    );
    const { items, next } = page(all, request, 10_000);
    return { events: items, searchedLogStreams: [], nextToken: next };
  }
}

/** Words and quoted phrases that a line must hold. Throws for patterns over JSON, fields and regular expressions. */
const wordsOf = (pattern: string): readonly string[] => {
  if (/^\s*[{[%]|(^|\s)[?-]/.test(pattern)) {
    throw new AwsError('InvalidParameterException', `the local run does not know the filter pattern ${pattern}`);
  }
  return (pattern.match(/"[^"]*"|\S+/g) ?? []).map((word) => word.replaceAll('"', ''));
};

const page = <T>(all: readonly T[], request: Request, usual: number) =>
  pageOf(all, {
    marker: optionalText(request, 'nextToken'),
    limit: optionalCount(request, 'limit', { least: 1, most: 10_000 }) ?? usual,
    refuse: () => new AwsError('InvalidParameterException', 'The specified nextToken is invalid.'),
  });
