import type { HeldKey, KeyUse } from '../domain/key-hold.ts';
import type { KeyNews } from '../domain/key-news.ts';

/** Keys that workspaces left, until their hold is over. */
export interface HeldKeys {
  /**
   * Written before a workspace is asked to leave a key configuration, so that whatever happens then the key is watched.
   * A hold that lasts longer stays as it is.
   */
  begin(held: HeldKey): Promise<void>;
  /** Every hold of one workspace. */
  of(workspaceId: string): Promise<readonly HeldKey[]>;
  all(): Promise<readonly HeldKey[]>;
  /** Puts `next` in the place of what was read; false if somebody changed it since. */
  change(read: HeldKey, next: HeldKey): Promise<boolean>;
  /** Forgets what was read; false if somebody changed it since. */
  remove(read: HeldKey): Promise<boolean>;
}

/** What was told of which key, or of what else, lately. */
export interface ToldNews {
  /** True for exactly one of those who ask, until `until` (milliseconds) is past. */
  claim(keyArn: string, what: string, until: number): Promise<boolean>;
  /** What has been claimed of the key and not been forgotten. */
  of(keyArn: string): Promise<readonly string[]>;
  /** Ends a claim: because it could not be told, or because it is over. True for exactly one of those who ask. */
  forget(keyArn: string, what: string): Promise<boolean>;
}

/** Tells people and programs. */
export interface NewsDesk {
  /** Fails with NewsNotSent. */
  tell(news: KeyNews): Promise<void>;
}

/** The little that the key watch may do with keys. */
export interface KeyCare {
  lastUse(keyArn: string): Promise<KeyUse>;
  /** The key is disabled then. Fails with KeyNotRestored. */
  cancelDeletion(keyArn: string): Promise<void>;
  /** Fails with KeyNotRestored. */
  enable(keyArn: string): Promise<void>;
}
