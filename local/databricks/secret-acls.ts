import { setTimeout as realSleep } from 'node:timers/promises';
import { Refusal } from './answer.ts';
import type { Conditions } from './conditions.ts';
import { SECRET_PERMISSIONS, type SecretAclSeed, type SecretPermission } from './seed.ts';
import type { Caller } from './tokens.ts';

type Acl = ReadonlyMap<string, SecretPermission>;

interface Version {
  readonly at: number;
  readonly acl: Acl;
}

/** Every user of the workspace, service principals included. */
export const ALL_USERS = 'users';

// Real time, because two calls overlap on the wire: long enough for the second one of a pair to arrive.
const WRITE_REAL_MS = 20;

// How many past states a lagging read may choose from.
const KEPT = 100;

/** Who may do what in one scope. Enforcement knows the present; what callers read may lag. */
export class SecretAcls {
  readonly #conditions: Conditions;
  #versions: readonly Version[];
  #writing = 0;

  /** What a scope begins with is seen at once. That this part of a new scope never lags is a guess. */
  constructor(conditions: Conditions, initial: readonly SecretAclSeed[]) {
    this.#conditions = conditions;
    const acl = new Map(initial.map(({ principal, permission }) => [principal, permission]));
    this.#versions = [{ at: Number.NEGATIVE_INFINITY, acl }];
  }

  /** As it is. */
  items(): readonly SecretAclSeed[] {
    return itemsOf(this.#present());
  }

  /** As a caller reads it. */
  shown(): readonly SecretAclSeed[] {
    const until = this.#conditions.now() - this.#conditions.switches().aclLagMs;
    return itemsOf((this.#versions.findLast(({ at }) => at <= until) ?? this.#versions[0])?.acl ?? new Map());
  }

  has(principal: string): boolean {
    return this.#present().has(principal);
  }

  /** Refuses, in the observed words, who has less than the permission. Workspace admins have all of them. */
  check(caller: Caller, wanted: SecretPermission, scope: string): void {
    if (caller.workspaceAdmin) return;
    const acl = this.#present();
    const level = Math.max(levelOf(acl.get(caller.principal)), levelOf(acl.get(ALL_USERS)));
    if (level >= levelOf(wanted)) return;
    const text = `User ${caller.principal} does not have ${wanted} permission on scope ${scope} to perform this action.`;
    throw new Refusal(403, 'PERMISSION_DENIED', text);
  }

  /** Overwrites the entry of a principal; undefined takes it away. */
  set(principal: string, permission: SecretPermission | undefined): void {
    const acl = new Map(this.#present());
    if (permission === undefined) acl.delete(principal);
    else acl.set(principal, permission);
    this.#versions = [...this.#versions, { at: this.#conditions.now(), acl }].slice(-KEPT);
  }

  /** The write of a caller, which is lost when told so or, by switch, when it began during another one. */
  async write(principal: string, permission: SecretPermission | undefined, lost: boolean): Promise<void> {
    if (this.#conditions.switches().aclParallelWrites === 'fine') {
      if (!lost) this.set(principal, permission);
      return;
    }
    const overlaps = this.#writing > 0;
    this.#writing += 1;
    await realSleep(WRITE_REAL_MS);
    this.#writing -= 1;
    if (!lost && !overlaps) this.set(principal, permission);
  }

  #present(): Acl {
    return this.#versions.at(-1)?.acl ?? new Map();
  }
}

const itemsOf = (acl: Acl): readonly SecretAclSeed[] =>
  [...acl].map(([principal, permission]) => ({ principal, permission }));

// READ, WRITE, MANAGE: each holds the ones before it; nothing is below all of them.
const levelOf = (permission: SecretPermission | undefined): number =>
  permission === undefined ? -1 : SECRET_PERMISSIONS.indexOf(permission);
