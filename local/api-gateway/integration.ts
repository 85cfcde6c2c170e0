import { randomUUID } from 'node:crypto';
import { AwsError } from '../aws/service.ts';
import type { Actor, LocalClock } from '../clock.ts';
import type { Outcome } from '../lambda/function-spec.ts';
import type { LambdaPool } from '../lambda/lambda-pool.ts';
import type { IntegrationFacts } from './context-variables.ts';
import type { Method } from './definition.ts';
import type { GatewayAnswer } from './gateway-answer.ts';
import { proxyAnswer } from './proxy-answer.ts';
import { GatewayRefusal } from './refusal.ts';

/** Where functions run. */
export interface IntegrationSettings {
  readonly clock: LocalClock;
  readonly functions: LambdaPool;
}

/** How a function was called and what came of it. */
export interface IntegrationResult {
  readonly facts: IntegrationFacts;
  readonly answer: GatewayAnswer | GatewayRefusal;
}

/** API Gateway tells callers no more than this. */
const FAILED = 'Internal server error';

/**
 * Calls a function for a request and waits for it as long as the integration says. `actor` is the request, which lets
 * go of time meanwhile; the invocation stands on the clock for itself. It goes on when the time is over, as in AWS.
 */
export const callFunction = async (
  { clock, functions }: IntegrationSettings,
  { functionArn, timeoutMs }: Method,
  request: { readonly event: unknown; readonly actor: Actor },
): Promise<IntegrationResult> => {
  const before = clock.now();
  const requestId = randomUUID();
  const ended = new AbortController();
  const invocation = functions
    .invoke(functionArn, JSON.stringify(request.event), requestId)
    .finally(() => ended.abort());
  const inTime = await request.actor.sleepUntil(before + timeoutMs, ended.signal).then(
    () => false,
    () => true,
  );
  const facts = (more: Partial<IntegrationFacts>): IntegrationFacts => ({
    ...{ lambdaStatus: null, functionStatus: null, error: null },
    ...{ latencyMs: Math.round(clock.now() - before), requestId },
    ...more,
  });
  if (!inTime) {
    // Nobody waits for its outcome any more; it may still fail.
    invocation.catch(() => undefined);
    const error = 'Execution failed due to a timeout error';
    return { facts: facts({ error }), answer: new GatewayRefusal('timedOut', 'Endpoint request timed out') };
  }
  try {
    return resultOf(await invocation, facts);
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    const told = facts({ lambdaStatus: error.status, error: error.message });
    return { facts: told, answer: new GatewayRefusal('notInvoked', FAILED) };
  }
};

const resultOf = (
  outcome: Outcome,
  facts: (more: Partial<IntegrationFacts>) => IntegrationFacts,
): IntegrationResult => {
  if (outcome.kind === 'error') {
    const error = `Lambda Customer Function Error: ${outcome.error.errorMessage}`;
    return { facts: facts({ lambdaStatus: 200, error }), answer: new GatewayRefusal('functionFailed', FAILED) };
  }
  const answer = proxyAnswer(outcome.payload);
  if (answer === undefined) {
    const error = 'Malformed Lambda proxy response';
    return { facts: facts({ lambdaStatus: 200, error }), answer: new GatewayRefusal('malformedAnswer', FAILED) };
  }
  return { facts: facts({ lambdaStatus: 200, functionStatus: answer.status }), answer };
};
