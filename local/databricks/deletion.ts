import { type Answer, Refusal } from './answer.ts';
import type { Body } from './request-body.ts';
import type { Switches } from './switches.ts';

/** Answer to a DELETE that was accepted. */
export const deleted = (view: Body, form: Switches['deleteBody']): Answer => {
  if (form === 'void') return { status: 200 };
  return { status: 200, body: form === 'object' ? {} : view };
};

/**
 * Answer to a DELETE of what workspaces refer to. Observed for networks ("Unable to delete, Network is being used by
 * active workspace N"); the others are worded alike.
 */
export const stillUsed = (what: string, usedBy: readonly string[], form: Switches['deleteInUse']): Answer => {
  if (form === 'empty-conflict') return { status: 409 };
  const text = `Unable to delete, ${what} is being used by active workspace ${usedBy.join(', ')}`;
  throw new Refusal(form === 'conflict' ? 409 : 400, 'INVALID_STATE', text);
};
