import { FAILURE } from '../contract/failures.ts';
import { AutomationError } from './failure.ts';

const shown = (value: unknown): string => {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === 'object') return 'an object';
  const text = JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
};

/** The failure for input that is not what it should be: path, what was found, what was wanted. */
export const wrong = (path: string, found: unknown, wanted: string): AutomationError =>
  new AutomationError(FAILURE.inputInvalid, `${path}: found ${shown(found)}, wanted ${wanted}`);

/** An object, or InputInvalid naming `path`. */
export function asObject(value: unknown, path: string): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw wrong(path, value, 'an object');
}

/** A non-empty string, or InputInvalid naming `path`. */
export function asText(value: unknown, path: string): string {
  if (typeof value === 'string' && value !== '') return value;
  throw wrong(path, value, 'text');
}

/** A list, or InputInvalid naming `path`. */
export function asList(value: unknown, path: string): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw wrong(path, value, 'a list');
}

/** A whole number of at least 0, or InputInvalid naming `path`. */
export function asCount(value: unknown, path: string): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
  throw wrong(path, value, 'a whole number');
}
