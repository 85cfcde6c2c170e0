import { randomUUID } from 'node:crypto';
import { devNull } from 'node:os';
import { AwsError } from '../aws/service.ts';
import type { LocalClock } from '../clock.ts';
import { ExecutionEnvironment } from './execution-environment.ts';
import type { FunctionSpec, LogLine, Outcome } from './function-spec.ts';
import { LambdaFaults } from './lambda-faults.ts';

/** "6 MB each for request and response" (Lambda quotas), counted as Lambda counts them. */
const MOST_PAYLOAD_BYTES = 6 * 1024 * 1024;

export interface LambdaPoolSettings {
  readonly clock: LocalClock;
  readonly region: string;
  /** What functions get as AWS_ENDPOINT_URL; asked when a thread is started. */
  readonly endpointUrl: () => string;
  /** Variables that every function gets on top of its own, such as where a simulator listens. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly onLog?: (line: LogLine) => void;
  /** For faults with a probability. Default 1. */
  readonly randomSeed?: number;
}

/**
 * Runs synthesized functions in worker threads. A thread is used again for the next invocation of its function;
 * invocations at the same time get threads of their own. Threads see no variable of this process: no credentials, no
 * profile, no proxy. Memory is not limited.
 */
export class LambdaPool {
  readonly #settings: LambdaPoolSettings;
  readonly #functions = new Map<string, FunctionSpec>();
  readonly #environments = new Map<string, Set<ExecutionEnvironment>>();
  readonly #stopping = new Set<Promise<void>>();
  /** What goes wrong with invocations. */
  readonly faults: LambdaFaults;
  #closed = false;

  constructor(settings: LambdaPoolSettings) {
    this.#settings = settings;
    this.faults = new LambdaFaults(settings.randomSeed ?? 1);
  }

  /** Adds a function, or replaces the one with this name; threads of the old one are not used again. */
  add(spec: FunctionSpec): void {
    this.#functions.set(spec.name, spec);
    for (const old of this.#environments.get(spec.name) ?? []) old.usable = false;
  }

  functions(): readonly FunctionSpec[] {
    return [...this.#functions.values()];
  }

  /** A function by its name or ARN, with or without `:$LATEST`. Throws ResourceNotFoundException. */
  find(named: string): FunctionSpec {
    const name = /^(?:arn:[^:]+:lambda:[^:]*:\d*:function:)?([^:]+)(?::\$LATEST)?$/.exec(named)?.[1];
    const spec = this.#functions.get(name ?? '');
    if (spec !== undefined) return spec;
    throw new AwsError('ResourceNotFoundException', `Function not found: ${named}`, 404);
  }

  /**
   * Runs a function with a JSON payload and answers how it ended. From the call on, the invocation is an actor of the
   * clock; a caller who is one too must let go of time while it waits. Throws AwsError when Lambda itself would refuse:
   * ResourceNotFoundException, TooManyRequestsException, InvalidRequestContentException, RequestTooLargeException.
   */
  async invoke(named: string, payload: string, requestId: string = randomUUID()): Promise<Outcome> {
    if (this.#closed) throw new AwsError('ServiceException', 'the local run has ended', 500);
    const spec = this.find(named);
    checkPayload(payload);
    const environments = this.#environments.get(spec.name) ?? new Set();
    this.#environments.set(spec.name, environments);
    this.#throttle(spec, environments);
    const environment = this.#take(spec, environments);
    const outcome = await environment.invoke(requestId, payload, this.faults.strike(spec.name));
    for (const each of environments) if (!each.usable && !each.busy) this.#drop(environments, each);
    return withinLimit(outcome);
  }

  /** Ends every thread that is at work now, as when its environment dies; what runs in it ends with an error. */
  async crash(): Promise<void> {
    const all = [...this.#environments.values()].flatMap((each) => [...each]);
    await Promise.all(all.filter(({ busy }) => busy).map((each) => each.stop()));
  }

  /** Ends every thread; further invocations are refused. */
  async close(): Promise<void> {
    this.#closed = true;
    const all = [...this.#environments.values()].flatMap((each) => [...each]);
    this.#environments.clear();
    await Promise.all([...all.map((each) => each.stop()), ...this.#stopping]);
  }

  #throttle(spec: FunctionSpec, environments: ReadonlySet<ExecutionEnvironment>): void {
    if (spec.concurrency === undefined) return;
    const busy = [...environments].filter((each) => each.busy).length;
    if (busy >= spec.concurrency) throw new AwsError('TooManyRequestsException', 'Rate Exceeded.', 429);
  }

  #take(spec: FunctionSpec, environments: Set<ExecutionEnvironment>): ExecutionEnvironment {
    const warm = [...environments].find((each) => each.usable && !each.busy);
    if (warm !== undefined) return warm;
    const { clock, onLog = () => undefined } = this.#settings;
    const made = new ExecutionEnvironment({
      ...{ spec, clock, env: this.#env(spec), onLog },
      skewMs: this.faults.skewOf(spec.name),
    });
    environments.add(made);
    return made;
  }

  /** Nobody waits for the thread's end but `close`, so that the next try of an invocation begins at once. */
  #drop(environments: Set<ExecutionEnvironment>, environment: ExecutionEnvironment): void {
    environments.delete(environment);
    const stopping = environment.stop().finally(() => this.#stopping.delete(stopping));
    this.#stopping.add(stopping);
  }

  /** The variables of the Lambda runtime ("Defined runtime environment variables"); credentials are no credentials. */
  #env(spec: FunctionSpec): Readonly<Record<string, string>> {
    const { region, endpointUrl, environment = {} } = this.#settings;
    return {
      ...spec.environment,
      ...environment,
      AWS_REGION: region,
      AWS_DEFAULT_REGION: region,
      // Tells the endpoint who asks.
      AWS_ACCESS_KEY_ID: spec.name,
      AWS_SECRET_ACCESS_KEY: 'local',
      AWS_SESSION_TOKEN: 'local',
      AWS_ENDPOINT_URL: endpointUrl(),
      AWS_CONFIG_FILE: devNull,
      AWS_SHARED_CREDENTIALS_FILE: devNull,
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
      AWS_LAMBDA_FUNCTION_NAME: spec.name,
      AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(spec.memoryMb),
      AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${spec.name}`,
      AWS_LAMBDA_LOG_STREAM_NAME: 'local',
      AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
      LAMBDA_TASK_ROOT: spec.assetDir,
      LAMBDA_RUNTIME_DIR: spec.assetDir,
      _HANDLER: spec.handler,
      TZ: 'UTC',
    };
  }
}

const checkPayload = (payload: string): void => {
  if (Buffer.byteLength(payload) > MOST_PAYLOAD_BYTES) {
    const told = `Request must be smaller than ${MOST_PAYLOAD_BYTES} bytes for the InvokeFunction operation`;
    throw new AwsError('RequestTooLargeException', told, 413);
  }
  try {
    JSON.parse(payload);
  } catch {
    throw new AwsError('InvalidRequestContentException', 'Could not parse request body into json');
  }
};

const withinLimit = (outcome: Outcome): Outcome => {
  if (Buffer.byteLength(outcome.payload) <= MOST_PAYLOAD_BYTES) return outcome;
  const error = {
    errorType: 'Function.ResponseSizeTooLarge',
    errorMessage: `Response payload size exceeded maximum allowed payload size (${MOST_PAYLOAD_BYTES} bytes).`,
    trace: [],
  };
  const { errorType, errorMessage } = error;
  return { kind: 'error', requestId: outcome.requestId, payload: JSON.stringify({ errorType, errorMessage }), error };
};
