import type { HeldKeys, KeyCare, NewsDesk, ToldNews } from '../../lambda/app/key-watch-ports.ts';
import { FAILURE } from '../../lambda/contract/failures.ts';
import { AutomationError } from '../../lambda/domain/failure.ts';
import type { HeldKey, KeyUse } from '../../lambda/domain/key-hold.ts';
import type { KeyNews } from '../../lambda/domain/key-news.ts';
import type { FakeKeys } from './fakes.ts';

export class FakeHeldKeys implements HeldKeys {
  readonly records = new Map<string, HeldKey>();
  /** Somebody else writes between a read and the next change. */
  busy = false;

  async begin(held: HeldKey): Promise<void> {
    const before = this.records.get(placeOf(held));
    if (before === undefined || before.heldUntil < held.heldUntil) this.records.set(placeOf(held), held);
  }

  async of(workspaceId: string): Promise<readonly HeldKey[]> {
    return (await this.all()).filter((one) => one.workspaceId === workspaceId);
  }

  async all(): Promise<readonly HeldKey[]> {
    return [...this.records.values()];
  }

  async change(read: HeldKey, next: HeldKey): Promise<boolean> {
    if (!this.#isAsRead(read)) return false;
    this.records.set(placeOf(next), next);
    return true;
  }

  async remove(read: HeldKey): Promise<boolean> {
    return this.#isAsRead(read) && this.records.delete(placeOf(read));
  }

  #isAsRead(read: HeldKey): boolean {
    const now = this.records.get(placeOf(read));
    return !this.busy && now?.heldUntil === read.heldUntil && now.left === read.left;
  }
}

const placeOf = ({ workspaceId, configurationId }: HeldKey): string => `${workspaceId}/${configurationId}`;

export class FakeToldNews implements ToldNews {
  readonly #claims = new Map<string, Map<string, number>>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  async claim(keyArn: string, what: string, until: number): Promise<boolean> {
    const claims = this.#claims.get(keyArn) ?? new Map<string, number>();
    this.#claims.set(keyArn, claims);
    if ((claims.get(what) ?? 0) > this.#now()) return false;
    claims.set(what, until);
    return true;
  }

  async of(keyArn: string): Promise<readonly string[]> {
    return [...(this.#claims.get(keyArn)?.keys() ?? [])];
  }

  async forget(keyArn: string, what: string): Promise<boolean> {
    return this.#claims.get(keyArn)?.delete(what) ?? false;
  }
}

export class FakeNews implements NewsDesk {
  readonly all: KeyNews[] = [];
  /** How often the next news are not taken. */
  refusals = 0;

  async tell(news: KeyNews): Promise<void> {
    if (this.refusals > 0) {
      this.refusals -= 1;
      throw new AutomationError(FAILURE.newsNotSent, 'not taken');
    }
    this.all.push(news);
  }

  /** What was told since the last time this was asked. */
  take(): readonly KeyNews[] {
    return this.all.splice(0);
  }
}

/** Brings the key of `keys` back as KMS does: a cancelled deletion leaves it disabled. */
export class FakeCare implements KeyCare {
  use: KeyUse = { kind: 'unused', trackedSince: 0 };
  /** KMS refuses, or the process ends, at this call. */
  fails: { readonly at: 'cancel' | 'enable'; readonly error: Error } | undefined;
  readonly done: string[] = [];
  readonly #keys: FakeKeys;

  constructor(keys: FakeKeys) {
    this.#keys = keys;
  }

  async lastUse(): Promise<KeyUse> {
    return this.use;
  }

  async cancelDeletion(keyArn: string): Promise<void> {
    this.#do('cancel', keyArn, 'Disabled');
  }

  async enable(keyArn: string): Promise<void> {
    this.#do('enable', keyArn, 'Enabled');
  }

  #do(what: 'cancel' | 'enable', keyArn: string, state: string): void {
    const { fails } = this;
    if (fails?.at === what) {
      this.fails = undefined;
      throw fails.error;
    }
    this.done.push(`${what} ${keyArn}`);
    const { deletionAt: _gone, ...key } = this.#keys.key;
    this.#keys.key = { ...key, state };
  }
}
