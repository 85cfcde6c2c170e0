import type { Sensitive } from '../domain/sensitive.ts';

export interface AccessToken {
  readonly value: Sensitive<string>;
  /** Milliseconds since the epoch. */
  readonly askedAt: number;
  readonly expiresAt: number;
}

const LONGEST_SKEW_MS = 5 * 60_000;

/**
 * True from five minutes before a token ends, or from the half of its life if that is shorter: a request that starts
 * with the token must also end with it.
 */
export const needsRefresh = (token: AccessToken, now: number): boolean => {
  const skew = Math.min(LONGEST_SKEW_MS, (token.expiresAt - token.askedAt) / 2);
  return now >= token.expiresAt - skew;
};
