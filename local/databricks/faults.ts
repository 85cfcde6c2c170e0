import { Draws, withoutIds } from '../draws.ts';
import type { Answer } from './answer.ts';

/** What goes wrong. Times are real milliseconds, because they happen on the wire. */
export type FaultEffect =
  | { readonly kind: 'throttled'; readonly retryAfterSeconds?: number }
  | { readonly kind: 'server-error' }
  | { readonly kind: 'unavailable' }
  | { readonly kind: 'bad-gateway' }
  | { readonly kind: 'login-page' }
  | { readonly kind: 'empty-conflict' }
  | { readonly kind: 'text-error'; readonly status: number; readonly code: string; readonly message: string }
  | { readonly kind: 'numeric-error'; readonly status: number; readonly message: string }
  | { readonly kind: 'answer'; readonly status: number; readonly body: string; readonly contentType: string }
  | { readonly kind: 'reset' }
  | { readonly kind: 'slow'; readonly realMs: number }
  | { readonly kind: 'token-dropped' };

/** Which requests a fault strikes. What is left out matches everything. */
interface FaultTarget {
  readonly method?: string;
  /** Source of a regular expression for the path after the host's root. */
  readonly path?: string;
  /** Id or deployment name of a workspace: its own host, and its path in the account API. */
  readonly workspace?: string;
  /** The next so many matching requests. Default 1, unless there is a probability. */
  readonly times?: number;
  /** From 0 to 1, drawn for each request by the simulator's seed, until the faults are cleared. */
  readonly probability?: number;
  /** The request takes effect first, and the caller is not told. */
  readonly tookEffect?: boolean;
}

export type Fault = FaultEffect & FaultTarget;

/** A request as faults see it. */
export interface Struck {
  readonly method: string;
  readonly path: string;
  readonly workspaceNames: readonly string[];
}

interface Standing {
  readonly fault: Fault;
  /** Tells its draws from those of the other faults. */
  readonly name: string;
  left: number;
}

/** The faults that are in force; the oldest that matches strikes. */
export class Faults {
  readonly #draws: Draws;
  #added = 0;
  #standing: Standing[] = [];

  /** `randomSeed` makes the draws of probable faults repeatable. */
  constructor(randomSeed: number) {
    this.#draws = new Draws(randomSeed);
  }

  /** Throws for a fault that is counted and probable at once, or whose path is not a regular expression. */
  add(fault: Fault): void {
    if (fault.times !== undefined && fault.probability !== undefined) {
      throw new Error('a fault has either times or a probability');
    }
    if (fault.path !== undefined) new RegExp(fault.path);
    const left = fault.probability === undefined ? (fault.times ?? 1) : Number.POSITIVE_INFINITY;
    this.#added += 1;
    this.#standing.push({ fault, name: `fault ${this.#added}`, left });
  }

  clear(): void {
    this.#standing = [];
  }

  /** The fault that strikes this request, if one does; it is used up by one. */
  strike(request: Struck): Fault | undefined {
    const hit = this.#standing.find((standing) => matches(standing.fault, request) && this.#drawn(standing, request));
    if (hit === undefined) return undefined;
    hit.left -= 1;
    this.#standing = this.#standing.filter(({ left }) => left > 0);
    return hit.fault;
  }

  #drawn({ fault, name }: Standing, { method, path, workspaceNames: [workspace = 'account'] }: Struck): boolean {
    if (fault.probability === undefined) return true;
    return this.#draws.next(`${name} ${method} ${workspace} ${withoutIds(path)}`) < fault.probability;
  }
}

/** The answer that a fault gives in place of the real one. */
export const faultAnswer = (effect: Exclude<FaultEffect, { kind: 'reset' | 'slow' }>): Answer => {
  switch (effect.kind) {
    case 'throttled':
      return throttled(effect.retryAfterSeconds);
    case 'server-error':
      return { status: 500, body: { error_code: 'INTERNAL_ERROR', message: 'Internal error' } };
    case 'unavailable':
      return { status: 503, body: { error_code: 'TEMPORARILY_UNAVAILABLE', message: 'Please try again later' } };
    case 'bad-gateway':
      return { status: 502, body: '<html><body><pre>Bad Gateway</pre></body></html>', headers: HTML };
    case 'login-page':
      return { status: 200, body: LOGIN_PAGE, headers: HTML };
    case 'empty-conflict':
      return { status: 409 };
    case 'text-error':
      return { status: effect.status, body: `${effect.code}: ${effect.message}`, headers: TEXT };
    case 'numeric-error':
      return { status: effect.status, body: { error_code: effect.status, message: effect.message } };
    case 'answer':
      return { status: effect.status, body: effect.body, headers: { 'content-type': effect.contentType } };
    case 'token-dropped':
      return { status: 401, body: { error_code: 401, message: 'Invalid access token.' } };
  }
};

const HTML = { 'content-type': 'text/html;charset=utf-8' };
const TEXT = { 'content-type': 'text/plain;charset=utf-8' };
const LOGIN_PAGE = '<!doctype html><html><head><title>Databricks - Sign In</title></head><body></body></html>';

const throttled = (retryAfterSeconds: number | undefined): Answer => ({
  status: 429,
  body: { error_code: 'REQUEST_LIMIT_EXCEEDED', message: 'Too many requests, exceeded the limit' },
  ...(retryAfterSeconds === undefined ? {} : { headers: { 'retry-after': String(retryAfterSeconds) } }),
});

const matches = (fault: Fault, { method, path, workspaceNames }: Struck): boolean =>
  (fault.method === undefined || fault.method === method) &&
  (fault.path === undefined || new RegExp(fault.path).test(path)) &&
  (fault.workspace === undefined || workspaceNames.includes(fault.workspace));
