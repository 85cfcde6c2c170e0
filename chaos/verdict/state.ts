import type { Stored } from './stored.ts';

/** Nobody works any more, so nothing may be leased and nothing may be owed. `now` in milliseconds. */
export function stateObjections(items: readonly Stored[], now: number): readonly string[] {
  return items.flatMap((item) => {
    if (item.sk === 'lease' && Number(item.heldUntil) >= now) {
      return [`${item.pk} is leased to ${item.holder} until ${new Date(Number(item.heldUntil)).toISOString()}`];
    }
    if (item.pk === 'stopped-compute') return [`compute of workspace ${item.sk} is still on record as stopped`];
    return [];
  });
}
