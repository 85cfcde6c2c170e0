import { asObject, wrong } from '../domain/parse.ts';

/** What a trigger of one kind of execution may hold. */
export interface TriggerForm<Kind extends string, Fact extends string> {
  readonly kinds: readonly Kind[];
  readonly facts: readonly Fact[];
}

/** Printable ASCII; a time or an id that an event lacks is empty. */
const FACT = /^[ -~]{0,300}$/;

/**
 * What made an execution start, as somebody who started it by hand may claim it: one of `kinds`, and short facts of these
 * names. It goes on record as it is, so nothing else may come along with it. Fails with InputInvalid.
 */
export function parseTrigger<Kind extends string, Fact extends string>(
  value: unknown,
  path: string,
  { kinds, facts }: TriggerForm<Kind, Fact>,
): { readonly kind: Kind } & { readonly [name in Fact]?: string } {
  const { kind: given, ...others } = asObject(value, path);
  const kind = kinds.find((one) => one === given);
  if (kind === undefined) throw wrong(`${path}.kind`, given, `one of ${kinds.join(', ')}`);
  for (const [name, fact] of Object.entries(others)) {
    if (!facts.some((one) => one === name)) throw wrong(`${path}.${name}`, fact, `nothing but ${facts.join(', ')}`);
    if (typeof fact !== 'string' || !FACT.test(fact)) throw wrong(`${path}.${name}`, fact, 'at most 300 ASCII signs');
  }
  return { kind, ...(others as { readonly [name in Fact]?: string }) };
}
