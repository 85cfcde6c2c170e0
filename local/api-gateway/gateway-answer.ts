import type { ServerResponse } from 'node:http';

/** An HTTP answer of an API. A header may come more than once. */
export interface GatewayAnswer {
  readonly status: number;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: string;
}

/** These have no body and must not say how long it is (RFC 9110). */
const WITHOUT_BODY = new Set([204, 304]);

/** Sends an answer. */
export const sendAnswer = (response: ServerResponse, { status, headers, body }: GatewayAnswer): void => {
  const bare = WITHOUT_BODY.has(status);
  const length = bare ? [] : [['Content-Length', String(Buffer.byteLength(body))] as const];
  response.writeHead(status, [...headers, ...length].flat());
  response.end(bare ? undefined : body);
};
