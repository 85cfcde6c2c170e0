import { createHash } from 'node:crypto';
import type { LocalClock } from '../clock.ts';
import type { EventRule, EventTarget } from './event-rule.ts';
import { targetInput } from './input-transformer.ts';
import { AwsError, type BusEvent } from './service.ts';

/** What rules deliver to. Each throws AwsError when the other service does not take it. */
export interface EventTargets {
  /** Hands a payload to Lambda for an asynchronous invocation; answers as soon as Lambda has taken it. */
  invokeAsync(functionArn: string, payload: string): Promise<void>;
  startExecution(stateMachineArn: string, name: string, input: string): Promise<void>;
  sendMessage(queueArn: string, body: string, attributes?: Readonly<Record<string, string>>): Promise<void>;
  publish(topicArn: string, message: string): Promise<void>;
}

/** How the delivery of one event to one target went. */
export interface Delivery {
  readonly event: BusEvent;
  readonly ruleName: string;
  readonly targetArn: string;
  readonly outcome: 'delivered' | 'dead-lettered' | 'dropped';
  /** Only when it was not delivered. */
  readonly error?: { readonly code: string; readonly message: string };
}

/** EventBridge's names for what a dead letter died of, by the other service's error ("Using dead-letter queues"). */
const ERROR_CODES: ReadonlyMap<string, { readonly code: string; readonly retry: boolean }> = new Map([
  ['ResourceNotFoundException', { code: 'NO_RESOURCE', retry: false }],
  ['StateMachineDoesNotExist', { code: 'NO_RESOURCE', retry: false }],
  ['AWS.SimpleQueueService.NonExistentQueue', { code: 'NO_RESOURCE', retry: false }],
  ['NotFound', { code: 'NO_RESOURCE', retry: false }],
  ['ExecutionAlreadyExists', { code: 'RESOURCE_ALREADY_EXISTS', retry: false }],
  ['InvalidExecutionInput', { code: 'INVALID_JSON', retry: false }],
  ['InvalidRequestContentException', { code: 'INVALID_JSON', retry: false }],
  ['AccessDeniedException', { code: 'NO_PERMISSIONS', retry: false }],
  ['TooManyRequestsException', { code: 'THROTTLING', retry: true }],
]);

/** The first pause between two tries; each next one is twice as long, up to an hour. EventBridge does not tell its own. */
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 3_600_000;

interface Failure {
  readonly code: string;
  readonly message: string;
  readonly retry: boolean;
}

/** Delivers an event to one target: tries, waits on the local clock, tries again, and gives up into the dead letters. */
export const deliver = async (
  { clock, targets }: { readonly clock: LocalClock; readonly targets: EventTargets },
  { event, rule, target }: { readonly event: BusEvent; readonly rule: EventRule; readonly target: EventTarget },
): Promise<Delivery> => {
  const told = { event, ruleName: rule.name, targetArn: target.arn };
  const started = clock.now();
  for (let retries = 0; ; retries += 1) {
    const failure = await attempt(targets, { event, rule, target });
    if (failure === undefined) return { ...told, outcome: 'delivered' };
    const exhausted = exhaustedBy(target, retries, clock.now() - started);
    if (failure.retry && exhausted === undefined) {
      await pause(clock, Math.min(FIRST_PAUSE_MS * 2 ** retries, LONGEST_PAUSE_MS));
      continue;
    }
    const error = { code: failure.code, message: failure.message };
    const buried = await bury(targets, { event, rule, target, failure, retries, exhausted });
    return { ...told, outcome: buried ? 'dead-lettered' : 'dropped', error };
  }
};

const pause = async (clock: LocalClock, ms: number): Promise<void> => {
  const actor = clock.enter();
  try {
    await actor.sleepUntil(clock.now() + ms);
  } finally {
    actor.leave();
  }
};

const exhaustedBy = (target: EventTarget, retries: number, ageMs: number): string | undefined => {
  if (ageMs >= target.retrySeconds * 1_000) return 'MaximumEventAgeInSeconds';
  return retries >= target.retries ? 'MaximumRetryAttempts' : undefined;
};

interface Attempt {
  readonly event: BusEvent;
  readonly rule: EventRule;
  readonly target: EventTarget;
}

/** Undefined when the target took the event. */
const attempt = async (targets: EventTargets, { event, rule, target }: Attempt): Promise<Failure | undefined> => {
  try {
    const input = targetInput(target, event, rule);
    await send(targets, { event, rule, target }, input);
    return undefined;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    if (error instanceof RangeError || error instanceof SyntaxError)
      return { code: 'INVALID_JSON', message, retry: false };
    if (!(error instanceof AwsError)) return { code: 'INTERNAL_ERROR', message, retry: false };
    return { code: 'SDK_CLIENT_ERROR', retry: error.status >= 500, ...ERROR_CODES.get(error.code), message };
  }
};

const send = async (targets: EventTargets, { event, rule, target }: Attempt, input: string): Promise<void> => {
  const service = target.arn.split(':')[2];
  if (service === 'sqs') return targets.sendMessage(target.arn, input);
  if (service === 'sns') return targets.publish(target.arn, input);
  JSON.parse(input);
  if (service === 'lambda') return targets.invokeAsync(target.arn, input);
  return targets.startExecution(target.arn, executionName(event, rule, target), input);
};

/**
 * The name that EventBridge gives an execution comes from the event's id, so that a second delivery of one event starts
 * nothing new (observed, not documented).
 */
const executionName = (event: BusEvent, rule: EventRule, target: EventTarget): string => {
  const hash = createHash('sha256').update(`${event.id} ${rule.arn} ${target.id}`).digest('hex');
  return `${event.id}_${hash.slice(0, 8)}-${hash.slice(8, 12)}-${hash.slice(12, 16)}-${hash.slice(16, 20)}-${hash.slice(20, 32)}`;
};

/** Puts the event itself into the dead-letter queue, with the attributes of "Using dead-letter queues"; true if it took it. */
const bury = async (
  targets: EventTargets,
  {
    event,
    rule,
    target,
    failure,
    retries,
    exhausted,
  }: Attempt & { readonly failure: Failure; readonly retries: number; readonly exhausted: string | undefined },
): Promise<boolean> => {
  if (target.deadLetterArn === undefined) return false;
  const attributes = {
    RULE_ARN: rule.arn,
    TARGET_ARN: target.arn,
    ERROR_CODE: failure.code,
    ERROR_MESSAGE: failure.message,
    ...(failure.retry && exhausted !== undefined ? { EXHAUSTED_RETRY_CONDITION: exhausted } : {}),
    RETRY_ATTEMPTS: String(retries),
  };
  try {
    await targets.sendMessage(target.deadLetterArn, JSON.stringify(event), attributes);
    return true;
  } catch (error) {
    // AWS counts it as InvocationsFailedToBeSentToDLQ, and the event is gone.
    if (error instanceof AwsError) return false;
    throw error;
  }
};
