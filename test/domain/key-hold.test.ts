import { describe, expect, test } from '@jest/globals';
import { type HeldKey, HOLD_MS, holdFrom, judgeHolds, type KeyUse } from '../../lambda/domain/key-hold.ts';
import type { Workspace } from '../../lambda/domain/workspace.ts';

const LEFT_AT = Date.parse('2026-05-20T20:00:00Z');
const DUE = LEFT_AT + HOLD_MS;
const UNUSED: KeyUse = { kind: 'unused', trackedSince: 0 };

const held = (workspaceId: string, change: Partial<HeldKey> = {}): HeldKey => ({
  workspaceId,
  workspaceName: `ws-${workspaceId}`,
  configurationId: 'old',
  keyArn: 'arn:aws:kms:us-west-2:111122223333:key/old',
  subject: 'binding/prod',
  left: true,
  ...holdFrom(LEFT_AT),
  ...change,
});
const workspace = (id: string, change: Partial<Workspace> = {}): Workspace => ({
  ...{ id, name: `ws-${id}`, deploymentName: `ws-${id}`, region: 'us-west-2', status: 'RUNNING' },
  managedServicesKeyId: 'new',
  ...change,
});
const judge = ({
  holds = [held('1')],
  workspaces = [workspace('1')],
  now = DUE,
  use = UNUSED,
}: {
  readonly holds?: readonly HeldKey[];
  readonly workspaces?: readonly Workspace[];
  readonly now?: number;
  readonly use?: KeyUse | 'in-use';
} = {}) => judgeHolds(holds, workspaces, { now, use });

describe('the end of a hold', () => {
  test('comes after 24 hours, not a millisecond before', () => {
    expect(HOLD_MS).toBe(86_400_000);
    expect(judge({ now: DUE - 1 })).toEqual({ kind: 'wait' });
    expect(judge()).toEqual({ kind: 'retire', configurationIds: ['old'] });
  });

  test('comes for all workspaces together, with the last one', () => {
    const holds = [held('1'), held('2', holdFrom(LEFT_AT + 60_000)), held('3', { configurationId: 'older' })];
    expect(judge({ holds })).toEqual({ kind: 'wait' });
    expect(judge({ holds, now: DUE + 60_000 })).toEqual({ kind: 'retire', configurationIds: ['old', 'older'] });
  });

  test.each([
    ['managed services', { managedServicesKeyId: 'old' }],
    ['storage', { storageKeyId: 'old' }],
  ])('does not come while a workspace refers to it for %s', (_what, change) => {
    expect(judge({ workspaces: [workspace('1'), workspace('7', change)] })).toEqual({
      kind: 'extend',
      reasons: ['workspace ws-7 (7) refers to key configuration old'],
    });
  });

  test.each<[string, KeyUse | 'in-use', string]>([
    ['used before it began', { kind: 'used', at: LEFT_AT, operation: 'Decrypt' }, 'retire'],
    ['used since', { kind: 'used', at: LEFT_AT + 1, operation: 'Decrypt' }, 'extend'],
    ['of unknown use', { kind: 'unknown', reason: 'AccessDeniedException' }, 'retire'],
    ['itself in use under another configuration', 'in-use', 'retire'],
  ])('of a key that is %s: %3$s', (_what, use, expected) => {
    expect(judge({ use }).kind).toBe(expected);
  });

  test('of nothing is nothing', () => {
    expect(judge({ holds: [] })).toEqual({ kind: 'wait' });
  });
});
