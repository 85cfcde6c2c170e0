import { Draws } from '../draws.ts';
import { AwsError } from './service.ts';

/** What goes wrong with a call to AWS. */
export type AwsFaultEffect =
  | { readonly kind: 'throttled' }
  | { readonly kind: 'internal-error' }
  | { readonly kind: 'unavailable' }
  /** The connection breaks; with `tookEffect` after the call was carried out, and the caller is not told. */
  | { readonly kind: 'reset'; readonly tookEffect?: boolean }
  /** Real milliseconds, because it happens on the wire. */
  | { readonly kind: 'slow'; readonly realMs: number };

/** Which calls a fault strikes. What is left out matches everything. */
interface AwsFaultTarget {
  /** As the SDKs sign for it: `dynamodb`, `kms`, `states`; `lambda` also for the invocations of state machines. */
  readonly service?: string;
  /** Source of a regular expression. */
  readonly action?: string;
  /** The next so many matching calls. Default 1, unless there is a probability. */
  readonly times?: number;
  /** From 0 to 1, drawn for each call by the seed, until the faults are cleared. */
  readonly probability?: number;
  /** With a probability: so many calls of the action in a row, as SDKs try again by themselves. Default 1. */
  readonly burst?: number;
}

export type AwsFault = AwsFaultEffect & AwsFaultTarget;

export interface AwsCall {
  readonly service: string;
  readonly action: string;
}

interface Standing {
  readonly fault: AwsFault;
  readonly name: string;
  left: number;
  /** Calls that a burst still strikes, by action. */
  readonly bursts: Map<string, number>;
}

/** The faults of the simulated AWS that are in force; the oldest that matches strikes. */
export class AwsFaults {
  readonly #draws: Draws;
  #added = 0;
  #standing: Standing[] = [];

  /** `randomSeed` makes the draws of probable faults repeatable. */
  constructor(randomSeed: number) {
    this.#draws = new Draws(randomSeed);
  }

  /** Throws for a fault that is counted and probable at once, or whose action is not a regular expression. */
  add(fault: AwsFault): void {
    if (fault.times !== undefined && fault.probability !== undefined) {
      throw new Error('a fault has either times or a probability');
    }
    if (fault.action !== undefined) new RegExp(fault.action);
    const left = fault.probability === undefined ? (fault.times ?? 1) : Number.POSITIVE_INFINITY;
    this.#added += 1;
    this.#standing.push({ fault, name: `fault ${this.#added}`, left, bursts: new Map() });
  }

  clear(): void {
    this.#standing = [];
  }

  /** The fault that strikes this call, if one does; it is used up by one. */
  strike(call: AwsCall): AwsFault | undefined {
    const hit = this.#standing.find((standing) => matches(standing.fault, call) && this.#drawn(standing, call));
    if (hit === undefined) return undefined;
    hit.left -= 1;
    this.#standing = this.#standing.filter(({ left }) => left > 0);
    return hit.fault;
  }

  #drawn({ fault, name, bursts }: Standing, { service, action }: AwsCall): boolean {
    const { probability, burst = 1 } = fault;
    if (probability === undefined) return true;
    const called = `${service}:${action}`;
    const going = bursts.get(called) ?? 0;
    if (going === 0 && this.#draws.next(`${name} ${called}`) >= probability) return false;
    bursts.set(called, going === 0 ? burst - 1 : going - 1);
    return true;
  }
}

/** The error of a service under this fault; undefined where it answers, late or to nobody. */
export const faultError = ({ kind }: AwsFaultEffect, { service }: AwsCall): AwsError | undefined => {
  const names = ERRORS[service] ?? COMMON;
  switch (kind) {
    case 'throttled':
      return new AwsError(...names.throttled);
    case 'internal-error':
      return new AwsError(...names.internal);
    case 'unavailable':
      return new AwsError(...names.unavailable);
    case 'reset':
    case 'slow':
      return undefined;
  }
};

const matches = (fault: AwsFault, { service, action }: AwsCall): boolean =>
  (fault.service === undefined || fault.service === service) &&
  (fault.action === undefined || new RegExp(fault.action).test(action));

type ErrorOf = readonly [code: string, message: string, status: number];

interface Errors {
  readonly throttled: ErrorOf;
  readonly internal: ErrorOf;
  readonly unavailable: ErrorOf;
}

/** "Common errors" of every API reference. */
const COMMON: Errors = {
  throttled: ['ThrottlingException', 'Rate exceeded', 400],
  internal: ['InternalFailure', 'The request processing has failed because of an unknown error.', 500],
  unavailable: ['ServiceUnavailable', 'The request has failed due to a temporary failure of the server.', 503],
};

/** What single services say, from their API references; DynamoDB from "Error handling with DynamoDB". */
const ERRORS: Readonly<Record<string, Errors>> = {
  dynamodb: {
    throttled: [
      'com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException',
      'The level of configured provisioned throughput for the table was exceeded.',
      400,
    ],
    internal: ['com.amazonaws.dynamodb.v20120810#InternalServerError', 'Internal server error', 500],
    unavailable: ['com.amazonaws.dynamodb.v20120810#ServiceUnavailable', 'Service Unavailable Exception', 503],
  },
  kms: {
    throttled: ['ThrottlingException', 'You have exceeded the rate at which you may call KMS.', 400],
    internal: ['KMSInternalException', 'An internal exception occurred. Try again.', 500],
    unavailable: ['DependencyTimeoutException', 'The system timed out while trying to fulfill the request.', 503],
  },
  secretsmanager: {
    ...COMMON,
    internal: ['InternalServiceError', 'An error occurred on the server side.', 500],
  },
  events: { ...COMMON, internal: ['InternalException', 'This exception occurs due to unexpected causes.', 500] },
  sns: {
    throttled: ['Throttled', 'The rate at which requests have been submitted exceeds the limit.', 429],
    internal: ['InternalError', 'There was a problem with an internal service.', 500],
    unavailable: ['InternalError', 'There was a problem with an internal service.', 500],
  },
  lambda: {
    throttled: ['TooManyRequestsException', 'Rate Exceeded.', 429],
    internal: ['ServiceException', 'The Lambda service encountered an internal error.', 500],
    unavailable: ['ServiceException', 'The Lambda service encountered an internal error.', 500],
  },
};
