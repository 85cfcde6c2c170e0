import { randomUUID } from 'node:crypto';
import type { LocalClock } from '../clock.ts';
import { type Actions, objects, optionalText, perform, type Request, text } from './actions.ts';
import { eventTime } from './cloud-trail.ts';
import { type Delivery, deliver, type EventTargets } from './event-delivery.ts';
import { EventFaults } from './event-faults.ts';
import { type EventRule, type EventTarget, readRule } from './event-rule.ts';
import type { Home } from './home.ts';
import { type EntryFault, entryFault, entryTime } from './put-events-entry.ts';
import { AwsError, type AwsService, type BusEvent } from './service.ts';

export interface EventBusSettings {
  readonly home: Home;
  readonly clock: LocalClock;
  readonly targets: EventTargets;
  /** Called for every event on the bus with the names of the rules that it matches. */
  readonly onEvent?: (event: BusEvent, ruleNames: readonly string[]) => void;
  /** Called when a delivery has come to its end, good or bad. */
  readonly onDelivery?: (delivery: Delivery) => void;
  /** For faults. Default 1. */
  readonly randomSeed?: number;
}

/**
 * EventBridge (AWS JSON 1.1, target prefix `AWSEvents`): the default bus with its rules. Written from the EventBridge
 * User Guide; other buses, archives and targets beyond Lambda, Step Functions, SQS and SNS are refused by name.
 */
export class EventBus implements AwsService {
  readonly #settings: EventBusSettings;
  readonly #rules = new Map<string, EventRule>();
  readonly #deliveries = new Set<Promise<void>>();
  /** What goes wrong with events that match a pattern. */
  readonly faults: EventFaults;

  constructor(settings: EventBusSettings) {
    this.#settings = settings;
    this.faults = new EventFaults(settings.randomSeed ?? 1);
  }

  handle(action: string, input: Request): Promise<unknown> {
    return perform('events', this.#actions, action, input);
  }

  /** Adds or replaces a rule, given as CloudFormation has it. Throws InvalidEventPattern and AwsError; answers its ARN. */
  addRule(properties: Request): string {
    const rule = readRule(this.#settings.home, properties);
    this.#rules.set(rule.name, rule);
    return rule.arn;
  }

  rules(): readonly Readonly<EventRule>[] {
    return [...this.#rules.values()];
  }

  /** Takes an event, one of `aws.*` too, and begins to deliver it. Events come from here and from PutEvents. */
  accept(event: BusEvent): void {
    const rules = [...this.#rules.values()].filter((rule) => rule.state === 'ENABLED' && rule.matches?.(event));
    this.#settings.onEvent?.(
      event,
      rules.map((rule) => rule.name),
    );
    for (const rule of rules) {
      for (const afterMs of this.faults.deliveries(event, rule.name)) this.#deliver(rule, event, afterMs);
    }
  }

  /** Does once what a rule with a schedule does when its time has come. Throws ResourceNotFoundException. */
  fireSchedule(ruleName: string): void {
    const rule = this.#rule(ruleName);
    const { home, clock } = this.#settings;
    this.#deliver(rule, {
      version: '0',
      id: randomUUID(),
      'detail-type': 'Scheduled Event',
      source: 'aws.events',
      account: home.account,
      time: eventTime(clock.now()),
      region: home.region,
      resources: [rule.arn],
      detail: {},
    });
  }

  /** Settles when nothing is being delivered any more; a Lambda or an execution may still run then. */
  async settled(): Promise<void> {
    while (this.#deliveries.size > 0) await Promise.all(this.#deliveries);
  }

  #deliver(rule: EventRule, event: BusEvent, afterMs = 0): void {
    for (const target of rule.targets) {
      const begin = () => deliver(this.#settings, { event, rule, target });
      const delivery = (afterMs === 0 ? begin() : this.#later(afterMs).then(begin))
        .then((done) => this.#settings.onDelivery?.(done))
        .finally(() => this.#deliveries.delete(delivery));
      this.#deliveries.add(delivery);
    }
  }

  async #later(ms: number): Promise<void> {
    const actor = this.#settings.clock.enter();
    try {
      await actor.sleepUntil(this.#settings.clock.now() + ms);
    } finally {
      actor.leave();
    }
  }

  #rule(name: string): EventRule {
    const rule = this.#rules.get(name);
    if (rule !== undefined) return rule;
    throw new AwsError('ResourceNotFoundException', `Rule ${name} does not exist on EventBus default.`);
  }

  readonly #actions: Actions = {
    PutEvents: { fields: ['Entries'], run: (request) => this.#putEvents(objects(request, 'Entries')) },
    ListRules: {
      fields: ['NamePrefix', 'EventBusName', 'Limit'],
      run: (request) => {
        const prefix = optionalText(request, 'NamePrefix') ?? '';
        return { Rules: [...this.#rules.values()].filter((rule) => rule.name.startsWith(prefix)).map(ruleAnswer) };
      },
    },
    DescribeRule: {
      fields: ['Name', 'EventBusName'],
      run: (request) => ruleAnswer(this.#rule(text(request, 'Name'))),
    },
    ListTargetsByRule: {
      fields: ['Rule', 'EventBusName', 'Limit'],
      run: (request) => ({ Targets: this.#rule(text(request, 'Rule')).targets.map(targetAnswer) }),
    },
    EnableRule: { fields: ['Name', 'EventBusName'], run: (request) => this.#switch(request, 'ENABLED') },
    DisableRule: { fields: ['Name', 'EventBusName'], run: (request) => this.#switch(request, 'DISABLED') },
  };

  #switch(request: Request, state: EventRule['state']): unknown {
    this.#rule(text(request, 'Name')).state = state;
    return {};
  }

  #putEvents(entries: readonly Request[]): unknown {
    if (entries.length < 1 || entries.length > 10) {
      throw new AwsError('ValidationException', `Entries has ${entries.length} members; 1 to 10 are wanted`);
    }
    const answers = entries.map((entry) => this.#putEvent(entry));
    return { FailedEntryCount: answers.filter((answer) => 'ErrorCode' in answer).length, Entries: answers };
  }

  #putEvent(entry: Request): { readonly EventId: string } | EntryFault {
    const fault = entryFault(entry);
    if (fault !== undefined) return fault;
    const { home, clock } = this.#settings;
    const event: BusEvent = {
      version: '0',
      id: randomUUID(),
      'detail-type': text(entry, 'DetailType'),
      source: text(entry, 'Source'),
      account: home.account,
      time: entryTime(entry, clock.now()),
      region: home.region,
      resources: Array.isArray(entry.Resources) ? entry.Resources.map(String) : [],
      detail: JSON.parse(text(entry, 'Detail')),
    };
    this.accept(event);
    return { EventId: event.id };
  }
}

const ruleAnswer = (rule: EventRule): unknown => ({
  Name: rule.name,
  Arn: rule.arn,
  State: rule.state,
  EventBusName: 'default',
  Description: rule.description,
  ScheduleExpression: rule.schedule,
  EventPattern: rule.pattern === undefined ? undefined : JSON.stringify(rule.pattern),
});

const targetAnswer = (target: EventTarget): unknown => ({
  Id: target.id,
  Arn: target.arn,
  RoleArn: target.roleArn,
  Input: target.Input,
  InputPath: target.InputPath,
  InputTransformer: target.InputTransformer,
  DeadLetterConfig: target.deadLetterArn === undefined ? undefined : { Arn: target.deadLetterArn },
  RetryPolicy: { MaximumRetryAttempts: target.retries, MaximumEventAgeInSeconds: target.retrySeconds },
});
