import { parseJsonOrNothing } from './json.ts';

/** What a server said when it did not do what was asked. */
export interface Refusal {
  readonly status: number;
  /** `error_code` or its equal as text, `SCIM_404` for SCIM; absent where the body names none. */
  readonly code?: string | undefined;
  /** The server's words; empty where it said nothing. Not redacted: never print it as it is. */
  readonly message: string;
  readonly retryAfter?: string | undefined;
}

export interface RefusedAnswer {
  readonly status: number;
  readonly body: string;
  readonly location?: string | undefined;
  readonly retryAfter?: string | undefined;
}

interface Words {
  readonly code?: string | undefined;
  readonly message: string;
}

/** `MALFORMED_REQUEST: Missing required parameters`, as plain text or inside `message`: the Account API's habit. */
const CODE_PREFIX = /^([A-Z][A-Z0-9_]*): (.*)$/s;
const OAUTH_CODE = /^[a-z_]+$/;

const textOf = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

const splitPrefix = (text: string): Words => {
  const match = CODE_PREFIX.exec(text.trim());
  return match === null ? { message: text.trim() } : { code: match[1], message: (match[2] ?? '').trim() };
};

const scimWords = (body: Readonly<Record<string, unknown>>): Words | undefined => {
  const detail = textOf(body.detail);
  if (detail === undefined) return undefined;
  const words = detail === 'null' ? 'SCIM API Internal Error' : detail;
  const status = body.status === undefined ? undefined : `SCIM_${String(body.status)}`;
  return { code: status, message: [textOf(body.scimType), words].filter((part) => part !== undefined).join(' ') };
};

const oauthWords = (body: Readonly<Record<string, unknown>>): Words | undefined => {
  const error = textOf(body.error);
  if (error === undefined) return undefined;
  const description = textOf(body.error_description);
  // RFC 6749 codes are lower-case words; API 1.2 writes a sentence in the same place.
  if (description !== undefined || OAUTH_CODE.test(error)) return { code: error, message: description ?? '' };
  return splitPrefix(error);
};

const modernWords = (body: Readonly<Record<string, unknown>>): Words | undefined => {
  const code = body.error_code;
  const message = textOf(body.message);
  if (typeof code === 'string' || typeof code === 'number') return { code: String(code), message: message ?? '' };
  return message === undefined ? undefined : splitPrefix(message);
};

/** In one pass each, however long the page is: whoever stands between us and Databricks may have written it. */
const htmlWords = (body: string): Words => {
  const found = inside(body, 'pre') ?? inside(body, 'title') ?? '';
  return splitPrefix(found.replace(/<[^<>]*>/g, ' ').replace(/^[ .]+|(?<![ .])[ .]+$/g, ''));
};

const inside = (body: string, element: string): string | undefined => {
  const start = body.indexOf(`<${element}>`);
  const end = start < 0 ? -1 : body.indexOf(`</${element}>`, start);
  return end < 0 ? undefined : body.slice(start + element.length + 2, end);
};

const wordsOf = (body: string): Words => {
  if (body.trim() === '') return { message: '' };
  const json = parseJsonOrNothing(body);
  if (json === undefined) return /^\s*</.test(body) ? htmlWords(body) : splitPrefix(body);
  if (typeof json.value === 'string') return splitPrefix(json.value);
  if (typeof json.value !== 'object' || json.value === null) return { message: '' };
  const object = json.value as Readonly<Record<string, unknown>>;
  return modernWords(object) ?? oauthWords(object) ?? scimWords(object) ?? { message: '' };
};

const isPrivateLinkRedirect = (location: string): boolean => location.includes('error=private-link-validation-error');

/** Where a redirect leads, without path and query: those may hold what signed the request. */
const redirectWords = (location: string | undefined): string => {
  const target = location === undefined ? null : URL.parse(location);
  return target === null ? 'redirect' : `redirect to ${target.host}`;
};

/**
 * Reads every form in which Databricks says no: `{error_code, message}` with text or number, API 1.2 `{error}`, SCIM,
 * OAuth, `CODE: message` as text or in `message`, HTML, a JSON string, nothing at all, and the PrivateLink redirect.
 * Never fails. Forms after databricks-sdk-go apierr/errors.go and public reports.
 */
export const parseRefusal = (answer: RefusedAnswer): Refusal => {
  const { status, body, location, retryAfter } = answer;
  if (location !== undefined && isPrivateLinkRedirect(location)) {
    const message = 'the workspace accepts requests only through its PrivateLink endpoints';
    return { status, code: 'PRIVATE_LINK_VALIDATION_ERROR', message };
  }
  if (status >= 300 && status < 400) return { status, message: redirectWords(location) };
  return { status, ...wordsOf(body), retryAfter };
};
