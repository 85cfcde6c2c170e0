import type { Answer } from './answer.ts';
import type { Switches } from './switches.ts';

/** A whole list of the account API: a bare array, or by switch an object with one field that is left out when empty. */
export const listAnswer = (field: string, items: readonly unknown[], form: Switches['lists']): Answer => {
  if (form === 'array') return { status: 200, body: items };
  return { status: 200, body: items.length === 0 ? {} : { [field]: items } };
};
