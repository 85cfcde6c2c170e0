import type { SecretValue } from './secret.ts';
import { Sensitive } from './sensitive.ts';

/** What a secret's value is made of, if it is a JSON object. */
export type JsonMembers =
  | { readonly kind: 'members'; readonly members: ReadonlyMap<string, Sensitive<string>> }
  | { readonly kind: 'not-json'; readonly reason: string };

const notJson = (reason: string): JsonMembers => ({ kind: 'not-json', reason });

interface SourceContext {
  /** The literal as it stands in the text; only given for primitive values. */
  readonly source?: string;
}

const { parse, rawJSON, isRawJSON } = JSON as unknown as {
  readonly parse: (text: string, reviver: (key: string, value: unknown, context: SourceContext) => unknown) => unknown;
  readonly rawJSON: (text: string) => unknown;
  readonly isRawJSON: (value: unknown) => boolean;
};

/**
 * The members of a secret that is a JSON object, each as text: text as it is, everything else as JSON with every digit of
 * its numbers; null is left out. A reason never quotes the value.
 */
export function jsonMembers(value: SecretValue): JsonMembers {
  if (value.kind === 'bytes') return notJson('it is binary');
  try {
    const parsed = parse(value.text.reveal(), (_key, part, { source }) =>
      typeof part === 'number' && source !== undefined ? rawJSON(source) : part,
    );
    if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed) || isRawJSON(parsed)) {
      return notJson('it is JSON, but not an object');
    }
    return { kind: 'members', members: new Map(Object.entries(parsed).flatMap(asText)) };
  } catch (error) {
    // The error of JSON.parse quotes the text, so it is dropped here.
    return notJson(error instanceof RangeError ? 'it is nested too deeply' : 'it is not JSON');
  }
}

const asText = ([member, part]: [string, unknown]): [string, Sensitive<string>][] =>
  part === null ? [] : [[member, new Sensitive(typeof part === 'string' ? part : JSON.stringify(part))]];
