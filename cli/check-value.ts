import type { Schema } from '../lambda/contract/api-schema.ts';

/** What is wrong with words of the command line, as `found ..., wanted ...`; undefined if they are as the API takes them. */
export function objection(value: string | readonly string[], schema: Schema): string | undefined {
  const wanted = typeof value === 'string' ? wantedWord(value, schema) : wantedList(value, schema);
  return wanted === undefined ? undefined : `found ${shown(value)}, wanted ${wanted}`;
}

const wantedWord = (value: string, schema: Schema): string | undefined =>
  schema.type === 'integer' ? wantedNumber(value, schema) : wantedText(value, schema);

function wantedText(value: string, schema: Schema): string | undefined {
  // JSON Schema counts characters, not halves of surrogate pairs.
  const { length } = [...value];
  const { enum: words, pattern, minLength = 0, maxLength = length, description = 'a text' } = schema;
  if (words !== undefined && !words.includes(value)) return words.join(' or ');
  if (length < minLength || length > maxLength) return `${minLength} to ${maxLength} characters`;
  return pattern === undefined || new RegExp(pattern).test(value) ? undefined : `${description}: ${pattern}`;
}

function wantedNumber(value: string, { minimum = 0, maximum = Number.MAX_SAFE_INTEGER }: Schema): string | undefined {
  const isWhole = /^\d{1,16}$/.test(value);
  return isWhole && Number(value) >= minimum && Number(value) <= maximum
    ? undefined
    : `a whole number from ${minimum} to ${maximum}`;
}

function wantedList(values: readonly string[], schema: Schema): string | undefined {
  const { items = {}, maxItems = values.length, uniqueItems } = schema;
  const bad = values.map((value) => wantedWord(value, items)).find((wanted) => wanted !== undefined);
  if (bad !== undefined) return bad;
  if (uniqueItems === true && new Set(values).size < values.length) return 'each only once';
  return values.length > maxItems ? `at most ${maxItems} of them` : undefined;
}

/** A long one is cut: it may be anything that was pasted by mistake. */
const shown = (value: string | readonly string[]): string => {
  const text = typeof value === 'string' ? value : value.join(', ');
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}...` : text);
};
