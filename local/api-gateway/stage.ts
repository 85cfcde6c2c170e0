import type { Home } from '../aws/home.ts';
import type { Logs } from '../aws/logs.ts';
import type { Actor, LocalClock } from '../clock.ts';
import type { LambdaPool } from '../lambda/lambda-pool.ts';
import { requireSignature } from './authorization.ts';
import { type Call, type CallHead, MOST_BODY_BYTES, withBody } from './call.ts';
import { contextVariables, type IntegrationFacts, type RequestFacts, substitute } from './context-variables.ts';
import type { StageSettings } from './definition.ts';
import type { GatewayAnswer } from './gateway-answer.ts';
import { chosenResponse, gatewayAnswer } from './gateway-response.ts';
import { callFunction } from './integration.ts';
import { proxyEvent } from './proxy-event.ts';
import { GatewayRefusal } from './refusal.ts';
import { checkRequest } from './request-checks.ts';
import { requestContext } from './request-context.ts';
import { findRoute, type Route } from './routes.ts';
import { Throttle } from './throttle.ts';

/** What a stage works with. */
export interface StageAround {
  readonly home: Home;
  readonly clock: LocalClock;
  readonly functions: LambdaPool;
  readonly logs: Logs;
  /** The time outside of the local run, by which callers sign: milliseconds since the epoch. */
  readonly realNow: () => number;
}

/** An answer with what the access log says about it. */
interface Served {
  readonly answer: GatewayAnswer;
  readonly facts: RequestFacts;
}

/** A deployed stage: takes requests from the caller to the function and back. */
export class Stage {
  readonly settings: StageSettings;
  readonly #around: StageAround;
  readonly #throttle: Throttle;

  constructor(settings: StageSettings, around: StageAround) {
    this.settings = settings;
    this.#around = around;
    this.#throttle = new Throttle(settings, around.clock.now);
  }

  /** Answers a request. `body` is undefined when it was larger than API Gateway takes. */
  async answer(head: CallHead, body: Buffer | undefined): Promise<GatewayAnswer> {
    const actor = this.#around.clock.enter();
    try {
      const served = body === undefined ? this.#tooLarge(head) : await this.#serve(withBody(head, body), actor);
      this.#log(head, served);
      return served.answer;
    } finally {
      actor.leave();
    }
  }

  async #serve(call: Call, actor: Actor): Promise<Served> {
    const route = findRoute(this.settings.deployment.methods, call.method, this.#below(call));
    const resource = route?.method.resource;
    const base = { home: this.#around.home, stage: this.settings, resource };
    let context = requestContext(call, { ...base, signed: false });
    let integration: IntegrationFacts | undefined;
    try {
      const known = this.#admit(call, route);
      context = requestContext(call, { ...base, signed: known.method.authorization === 'AWS_IAM' });
      this.#check(call, known);
      const event = proxyEvent(call, known, { stage: this.settings, context });
      const result = await callFunction(this.#around, known.method, { event, actor });
      integration = result.facts;
      if (result.answer instanceof GatewayRefusal) throw result.answer;
      const headers = [...result.answer.headers, ['X-Amzn-Trace-Id', call.traceId] as const];
      return { answer: { ...result.answer, headers }, facts: { context, integration } };
    } catch (error) {
      if (!(error instanceof GatewayRefusal)) throw error;
      const facts = { context, integration, error };
      const response = chosenResponse(error, this.settings.deployment.responses);
      return { answer: gatewayAnswer(error, response, contextVariables(facts)), facts };
    }
  }

  /** The path below the stage's name. */
  #below(call: CallHead): string {
    return call.path.slice(`/${this.settings.name}`.length);
  }

  /** Finds out what is called and who calls. Throws GatewayRefusal. */
  #admit(call: Call, route: Route | undefined): Route {
    // "Including the cases when the client attempts to invoke an unsupported API method or resource."
    if (route === undefined) {
      throw new GatewayRefusal('missingAuthenticationToken', 'Missing Authentication Token');
    }
    if (route.method.authorization === 'AWS_IAM') {
      requireSignature(call, { region: this.#around.home.region, realNow: this.#around.realNow() });
    }
    return route;
  }

  /** Throttles, then validates; in which order API Gateway does so is not documented. Throws GatewayRefusal. */
  #check(call: Call, route: Route): void {
    if (!this.#throttle.take(route.method)) throw new GatewayRefusal('throttled', 'Too Many Requests');
    checkRequest(call, route);
  }

  /**
   * Plain text, whatever the API says: "Customizing the default gateway response for 413 ... isn't currently
   * supported".
   */
  #tooLarge(head: CallHead): Served {
    const base = { home: this.#around.home, stage: this.settings, resource: undefined, signed: false };
    const headers = [
      ['Content-Type', 'text/plain'],
      ['x-amzn-ErrorType', 'RequestTooLargeException'],
    ] as const;
    return {
      answer: { status: 413, headers, body: `HTTP content length exceeded ${MOST_BODY_BYTES} bytes.` },
      facts: { context: requestContext(head, base) },
    };
  }

  #log(head: CallHead, { answer, facts }: Served): void {
    const { accessLog, apiId, name } = this.settings;
    if (accessLog === undefined) return;
    const { clock, logs } = this.#around;
    const now = clock.now();
    const response = {
      status: answer.status,
      length: Buffer.byteLength(answer.body),
      latencyMs: Math.round(now - head.receivedAt),
    };
    const text = substitute(accessLog.format, contextVariables({ ...facts, response }), '-');
    logs.write(accessLog.group, `${apiId}/${name}`, { at: now, text });
  }
}
