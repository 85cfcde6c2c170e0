import type { Problems } from './problems.ts';

/** Where a stage is deployed. */
export interface Home {
  readonly account: string;
  readonly region: string;
}

/** The id of a binding: part of names and messages. */
export function checkId(id: string, path: string, problems: Problems): void {
  if (!/^[a-z][a-z0-9-]{0,29}$/.test(id)) problems.add(path, id, 'an id of at most 30 characters a-z, 0-9 and hyphen');
}

/** Settings that nobody knows are typos: left alone, they would mean nothing without a word. */
export function checkSettings(given: object, known: readonly string[], path: string, problems: Problems): void {
  for (const name of Object.keys(given)) {
    if (!known.includes(name)) problems.add(`${path}.${name}`, 'an unknown setting', `one of ${known.join(', ')}`);
  }
}

export function checkOneOf(value: unknown, allowed: readonly string[], path: string, problems: Problems): void {
  if (typeof value !== 'string' || !allowed.includes(value)) problems.add(path, value, `one of ${allowed.join(', ')}`);
}

export function checkWhole(value: unknown, least: number, most: number, path: string, problems: Problems): void {
  if (!Number.isInteger(value) || Number(value) < least || Number(value) > most) {
    problems.add(path, value, `a whole number from ${least} to ${most}`);
  }
}

/** The entries of a list that must hold at least one; none if it is no list. */
export function filledList(value: unknown, wanted: string, path: string, problems: Problems): readonly unknown[] {
  if (Array.isArray(value) && value.length > 0) return value;
  problems.add(path, value, wanted);
  return [];
}

/** Workspace ids as text, each once, or the one word that means more than a list could. */
export function checkWorkspaces(workspaces: unknown, word: string, path: string, problems: Problems): void {
  if (workspaces === word) return;
  const ids = filledList(workspaces, `'${word}' or a list of workspace ids`, path, problems);
  for (const [index, id] of ids.entries()) {
    if (typeof id !== 'string' || !/^\d{1,19}$/.test(id)) {
      problems.add(`${path}[${index}]`, id, "a workspace id as text, such as '1234567890123456'");
    } else if (ids.indexOf(id) !== index) problems.add(`${path}[${index}]`, id, 'each workspace once');
  }
}
