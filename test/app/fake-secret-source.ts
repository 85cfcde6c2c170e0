import type { SecretSource } from '../../lambda/app/secret-ports.ts';
import { FAILURE, type FailureName } from '../../lambda/contract/failures.ts';
import { AutomationError } from '../../lambda/domain/failure.ts';
import type { ReadOutcome, SecretQuery, SecretValue, SourceSecret } from '../../lambda/domain/secret.ts';
import { Sensitive } from '../../lambda/domain/sensitive.ts';

import { arnOf } from './secret-fakes.ts';

interface HeldSecret {
  readonly name: string;
  readonly tags: Map<string, string>;
  version: number;
  value: string | undefined;
  deletionScheduled: boolean;
}

/** AWS Secrets Manager as a sync sees it; what a list shows can be frozen, because the real one lags behind. */
export class FakeSource implements SecretSource {
  readonly secrets = new Map<string, HeldSecret>();
  readonly unreadable = new Set<string>();
  readonly hidden = new Set<string>();
  reads = 0;
  /** Called before each read, for what happens in between. */
  beforeRead: () => void = () => undefined;
  #frozen: readonly SourceSecret[] | undefined;

  put(name: string, value: string | undefined, tags: Readonly<Record<string, string>> = {}): void {
    const known = this.secrets.get(name);
    if (known === undefined) {
      const tagged = new Map(Object.entries(tags));
      this.secrets.set(name, { name, tags: tagged, version: 1, value, deletionScheduled: false });
      return;
    }
    known.version += 1;
    known.value = value;
  }

  change(name: string, change: (secret: HeldSecret) => void): void {
    const secret = this.secrets.get(name);
    if (secret === undefined) throw new Error(`no secret ${name}`);
    change(secret);
  }

  freezeList(): void {
    this.#frozen = this.#all();
  }

  thawList(): void {
    this.#frozen = undefined;
  }

  async list({ namePrefixes, tag }: SecretQuery): Promise<readonly SourceSecret[]> {
    return (this.#frozen ?? this.#all()).filter(
      ({ name, tags, deletionScheduled }) =>
        !deletionScheduled &&
        (namePrefixes === undefined || namePrefixes.some((prefix) => name.startsWith(prefix))) &&
        (tag === undefined || (tag.value === undefined ? tags.has(tag.key) : tags.get(tag.key) === tag.value)),
    );
  }

  async describe(id: string): Promise<SourceSecret | 'gone' | 'hidden'> {
    const found = this.#all().find(({ arn, name }) => arn === id || name === id);
    if (found !== undefined && this.hidden.has(found.name)) return 'hidden';
    return found ?? 'gone';
  }

  async read(arns: readonly string[]): Promise<ReadonlyMap<string, ReadOutcome>> {
    if (arns.length > 20) throw new RangeError('at most 20');
    this.beforeRead();
    this.reads += arns.length;
    return new Map(arns.map((arn) => [arn, this.#read(arn)]));
  }

  #read(arn: string): ReadOutcome {
    const secret = [...this.secrets.values()].find(({ name }) => arnOf(name) === arn);
    if (secret?.value === undefined || this.unreadable.has(secret.name)) {
      const name: FailureName = secret === undefined ? FAILURE.secretNotFound : FAILURE.secretUnreadable;
      return { kind: 'failed', failure: new AutomationError(name, `cannot read ${arn}`) };
    }
    const value: SecretValue = { kind: 'text', text: new Sensitive(secret.value) };
    return { kind: 'read', versionId: `v${secret.version}`, value };
  }

  #all(): readonly SourceSecret[] {
    return [...this.secrets.values()].map(({ name, tags, version, value, deletionScheduled }) => ({
      arn: arnOf(name),
      name,
      tags: new Map(tags),
      ...(value !== undefined && { versionId: `v${version}` }),
      deletionScheduled,
    }));
  }
}
