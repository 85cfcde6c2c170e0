/** What the simulator sends back. `body` undefined is an empty body; a string is sent as it is. */
export interface Answer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A refusal by the service; the listener gives it the form of the API that was called. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/**
 * How the account API words an error. `message` is what was observed (terraform-provider-databricks issue 641: no
 * `error_code`, the code is a prefix of the message), `documented` is the form of the reference pages, `code` is the
 * form of the workspace APIs, `text` is the plain text seen in databricks-sdk-go issues 959 and 975.
 */
export type ErrorForm = 'message' | 'documented' | 'code' | 'text';

const DOCUMENTED_CODE = new Map([
  [400, 'BAD_REQUEST'],
  [401, 'UNAUTHORIZED'],
  [403, 'PERMISSION_DENIED'],
  [404, 'NOT_FOUND'],
  [500, 'INTERNAL_SERVER_ERROR'],
]);

/** A refusal in the wanted form. */
export const refusalAnswer = (refusal: Refusal, form: ErrorForm): Answer => {
  const { status, code, message } = refusal;
  const prefixed = `${code}: ${message}`;
  switch (form) {
    case 'message':
      return { status, body: { message: prefixed } };
    case 'documented':
      return { status, body: { error_code: DOCUMENTED_CODE.get(status) ?? code, message: prefixed } };
    case 'code':
      return { status, body: { error_code: code, message } };
    case 'text':
      return { status, body: prefixed, headers: { 'content-type': 'text/plain;charset=utf-8' } };
  }
};

/** 404 for a path, method or account that does not exist, as observed: no `error_code`. */
export const INVALID_ENDPOINT: Answer = { status: 404, body: { message: 'Invalid endpoint' } };

/** JSON text in which a bigint is written with all its digits, because Databricks' ids are int64. */
export const toJson = (value: unknown): string => JSON.stringify(value, (_key, part) => losslessly(part));

const losslessly = (part: unknown): unknown => (typeof part === 'bigint' ? rawJson(part.toString()) : part);

// ECMAScript's JSON.rawJSON, which the ES2024 library typings do not know yet.
const rawJson = (JSON as unknown as { readonly rawJSON: (text: string) => unknown }).rawJSON;
