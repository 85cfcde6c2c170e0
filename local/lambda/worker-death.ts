import { subscribe } from 'node:diagnostics_channel';
import type { Death } from './lambda-faults.ts';

/** The end of a thread at a moment that was drawn for its invocation. */
export interface ThreadDeath {
  /** An invocation begins, and will die so. */
  begin(death: Death | undefined): void;
  /** The handler is through; nobody knows yet. */
  end(): void;
}

interface Seen {
  readonly method: string;
  readonly path: string;
  readonly target: string | undefined;
}

/** Actions that only read, over protocols that know no method but POST. */
const READS = /(^|\.)(Get|List|Describe|Query|Scan|BatchGet)[A-Za-z]*$/;

/** Tokens are asked for by POST, and change nothing that lasts. */
const TOKENS = /\/oidc\//;

const isWrite = ({ method, path, target }: Seen): boolean =>
  method !== 'GET' && !TOKENS.test(path) && (target === undefined || !READS.test(target));

/**
 * Watches the requests of this thread, of `node:http` and of undici alike, through the channels that both publish for
 * diagnostics: when a request is made nothing of it was sent yet, and when its answer begins it has taken effect.
 */
export const watchForDeath = (die: Readonly<Record<Death['kind'], () => void>>): ThreadDeath => {
  let death: Death | undefined;
  let writes = 0;
  let awaited: unknown;

  const strike = (): void => {
    if (death === undefined) return;
    const { kind } = death;
    death = undefined;
    die[kind]();
  };

  const made = (request: unknown, seen: Seen): void => {
    const moment = death?.moment;
    if (moment === undefined || !('write' in moment) || !isWrite(seen)) return;
    writes += 1;
    if (writes !== moment.write) return;
    if (moment.at === 'before-write') strike();
    else awaited = request;
  };
  const answered = (request: unknown): void => {
    if (awaited !== undefined && request === awaited) strike();
  };

  subscribe('http.client.request.created', (message) => {
    const { request } = message as { readonly request: HttpRequest };
    const target = request.getHeader('x-amz-target');
    made(request, { method: request.method, path: request.path, target: target?.toString() });
  });
  subscribe('http.client.response.finish', (message) => answered((message as { readonly request: unknown }).request));
  subscribe('undici:request:create', (message) => {
    const { request } = message as { readonly request: Omit<Seen, 'target'> };
    made(request, { method: request.method, path: request.path, target: undefined });
  });
  subscribe('undici:request:headers', (message) => answered((message as { readonly request: unknown }).request));

  return {
    begin: (drawn) => {
      death = drawn;
      writes = 0;
      awaited = undefined;
      if (drawn?.moment.at === 'start') strike();
    },
    end: () => {
      if (death?.moment.at === 'end') strike();
      death = undefined;
    },
  };
};

interface HttpRequest {
  readonly method: string;
  readonly path: string;
  getHeader(name: string): number | string | readonly string[] | undefined;
}
