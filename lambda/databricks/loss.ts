import { redact } from './redact.ts';

export type LossReason = 'dns' | 'connect' | 'tls' | 'timeout' | 'reset' | 'stopped' | 'too-large';

/** A request that got no whole answer. */
export interface Loss {
  readonly kind: 'lost';
  readonly reason: LossReason;
  /** False if not a byte of it can have reached the server. */
  readonly sent: boolean;
  /** Code and words of the error on the way; holds nothing of request or answer. */
  readonly cause?: Error | undefined;
}

interface Circumstances {
  readonly sent: boolean;
  readonly timedOut: boolean;
  /** The caller gave up. */
  readonly stopped: boolean;
}

const TLS = /^(?:ERR_TLS_|ERR_SSL_|CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|HOSTNAME_MISMATCH|EPROTO)/;
const DNS: ReadonlySet<string> = new Set(['ENOTFOUND', 'EAI_AGAIN', 'EAI_FAIL', 'EAI_NODATA']);

const codeOf = (error: unknown): string => {
  const code = (error as { readonly code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : '';
};

const reasonOf = (code: string, { sent, timedOut, stopped }: Circumstances): LossReason => {
  if (stopped) return 'stopped';
  if (timedOut) return 'timeout';
  if (TLS.test(code)) return 'tls';
  if (DNS.has(code)) return 'dns';
  return sent ? 'reset' : 'connect';
};

/**
 * Names what happened to a request on its way. Keeps of the error only its code and redacted words: an HTTP parser's
 * error holds bytes of the answer.
 */
export const lossOf = (error: unknown, circumstances: Circumstances): Loss => {
  const code = codeOf(error);
  const words = error instanceof Error ? redact(error.message) : 'connection lost';
  const cause = new Error(code === '' ? words : `${code}: ${words}`);
  return { kind: 'lost', reason: reasonOf(code, circumstances), sent: circumstances.sent, cause };
};
