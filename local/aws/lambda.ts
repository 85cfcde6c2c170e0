import { randomUUID } from 'node:crypto';
import type { AsyncInvocations } from '../lambda/async-invocations.ts';
import type { FunctionSpec } from '../lambda/function-spec.ts';
import type { LambdaPool } from '../lambda/lambda-pool.ts';
import { type Actions, invalid, optionalText, perform, type Request, text } from './actions.ts';
import type { AwsService } from './service.ts';

/** Lambda's API: Invoke and ListFunctions. Over HTTP it is REST; `Payload` is a Buffer or JSON text. */
export class Lambda implements AwsService {
  readonly #pool: LambdaPool;
  readonly #asynchronous: AsyncInvocations;

  constructor(pool: LambdaPool, asynchronous: AsyncInvocations) {
    this.#pool = pool;
    this.#asynchronous = asynchronous;
  }

  handle(action: string, input: Request): Promise<unknown> {
    return perform('lambda', this.#actions, action, input);
  }

  readonly #actions: Actions = {
    Invoke: {
      fields: ['FunctionName', 'InvocationType', 'Qualifier', 'Payload'],
      run: (request) => this.#invoke(request),
    },
    ListFunctions: {
      fields: ['MaxItems'],
      run: () => ({ Functions: this.#pool.functions().map(configuration) }),
    },
  };

  async #invoke(request: Request): Promise<unknown> {
    const name = text(request, 'FunctionName');
    const payload = payloadOf(request.Payload);
    const qualifier = optionalText(request, 'Qualifier') ?? '$LATEST';
    if (qualifier !== '$LATEST') throw invalid(`the local run does not know the qualifier ${qualifier}`);
    const type = optionalText(request, 'InvocationType') ?? 'RequestResponse';
    if (type === 'Event') {
      this.#asynchronous.accept(name, payload);
      return { StatusCode: 202 };
    }
    if (type !== 'RequestResponse') throw invalid(`the local run does not know the invocation type ${type}`);
    const outcome = await this.#pool.invoke(name, payload, randomUUID());
    return {
      StatusCode: 200,
      ExecutedVersion: '$LATEST',
      FunctionError: outcome.kind === 'error' ? 'Unhandled' : undefined,
      Payload: outcome.payload,
    };
  }
}

/** An empty payload is an empty object for Node.js functions. */
const payloadOf = (given: unknown): string => {
  const payload = Buffer.isBuffer(given) ? given.toString() : String(given ?? '');
  return payload === '' ? '{}' : payload;
};

const configuration = (spec: FunctionSpec): unknown => ({
  FunctionName: spec.name,
  FunctionArn: spec.arn,
  Runtime: 'nodejs24.x',
  Handler: spec.handler,
  Timeout: spec.timeoutSeconds,
  MemorySize: spec.memoryMb,
  Version: '$LATEST',
  State: 'Active',
  Environment: { Variables: spec.environment },
});
