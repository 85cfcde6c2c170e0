import type { Draw } from './draw.ts';
import type { ProvisioningHappening } from './provisioning/happenings.ts';
import { ALIASES, type BindingId, FOREIGN_GRANT, PLACES, WORKSPACES } from './scenario.ts';
import { secretValue } from './secret-value.ts';

/** What people and AWS do while things go wrong. */
export type Happening =
  | ProvisioningHappening
  | { readonly kind: 'rotate'; readonly binding: BindingId }
  /** The alias moves to a key that is made for it, or back to the first one. */
  | { readonly kind: 'replace-key' | 'move-back'; readonly binding: BindingId }
  | { readonly kind: 'put-secret' | 'create-secret'; readonly name: string; readonly value: string }
  | { readonly kind: 'delete-secret'; readonly name: string; readonly forGood: boolean }
  | { readonly kind: 'restore-secret'; readonly name: string }
  | { readonly kind: 'tag-secret'; readonly name: string; readonly scope: string }
  | { readonly kind: 'untag-secret'; readonly name: string }
  | { readonly kind: 'edit-key' | 'delete-key'; readonly workspaceId: string; readonly key: string }
  | { readonly kind: 'put-foreign-key'; readonly workspaceId: string; readonly key: string; readonly value: string }
  | { readonly kind: 'take-grant' | 'give-grant'; readonly workspaceId: string; readonly principal: string }
  | { readonly kind: 'roll-out'; readonly binding: BindingId }
  | { readonly kind: 'sync' }
  | { readonly kind: 'kill-functions' }
  /** The next so many steps of any execution pass; then the execution that makes the next one is stopped. */
  | { readonly kind: 'stop-execution'; readonly afterSteps: number };

export interface Planned {
  /** Milliseconds after the beginning. */
  readonly at: number;
  readonly what: Happening;
}

const MINUTE = 60_000;

/** Times cluster, because what happens at once is what goes wrong. */
export function drawHappenings(draw: Draw): readonly Planned[] {
  const first: readonly Planned[] = [
    { at: 0, what: { kind: 'sync' } },
    { at: draw.whole(0, 5) * MINUTE, what: { kind: 'replace-key', binding: 'beta' } },
    {
      at: draw.whole(0, 10) * MINUTE,
      what: draw.chance(0.7) ? ROTATE_ALPHA : { kind: 'replace-key', binding: 'alpha' },
    },
  ];
  const moments = Array.from({ length: 3 }, () => draw.whole(1, 60) * MINUTE);
  const others = Array.from({ length: draw.whole(3, 10) }, (_, index) => ({
    at: draw.one(moments) + draw.one([0, 100, 5_000, 90_000]),
    what: drawHappening(draw.about(`happening ${index}`), index),
  }));
  return [...first, ...others].toSorted((one, other) => one.at - other.at);
}

const ROTATE_ALPHA: Happening = { kind: 'rotate', binding: 'alpha' };

function drawHappening(draw: Draw, index: number): Happening {
  const made: readonly (() => Happening)[] = [
    () => ({ kind: 'rotate', binding: draw.one(['alpha', 'beta'] as const) }),
    () => ({ kind: 'replace-key', binding: draw.one(['alpha', 'alpha', 'alpha', 'beta'] as const) }),
    () => ({ kind: 'move-back', binding: 'alpha' }),
    () => ofSecrets(draw, index),
    () => ofSecrets(draw, index),
    () => byHand(draw, index),
    () => byHand(draw, index),
    () => ({ kind: 'roll-out', binding: draw.one(Object.keys(ALIASES) as BindingId[]) }),
    () => ({ kind: 'sync' }),
    () => ({ kind: 'kill-functions' }),
    () => ({ kind: 'stop-execution', afterSteps: draw.whole(0, 60) }),
    () => ({ kind: 'stop-execution', afterSteps: draw.whole(0, 60) }),
  ];
  return draw.one(made)();
}

const APP_SECRETS = ['app/key-0', 'app/key-1', 'app/key-2'] as const;
const TEAM_SECRETS = ['teams/db-0', 'teams/db-1'] as const;

function ofSecrets(draw: Draw, index: number): Happening {
  const app = draw.one(APP_SECRETS);
  const team = draw.one(TEAM_SECRETS);
  const json = JSON.stringify({ user: secretValue(`user ${index}`), [`extra${index}`]: secretValue(`more ${index}`) });
  return draw.one<Happening>([
    { kind: 'put-secret', name: app, value: secretValue(`value ${index}`) },
    { kind: 'put-secret', name: app, value: secretValue(`value ${index}`) },
    { kind: 'put-secret', name: team, value: json },
    { kind: 'put-secret', name: 'everywhere/common', value: secretValue(`everywhere ${index}`) },
    { kind: 'create-secret', name: `app/new-${index}`, value: secretValue(`new ${index}`) },
    { kind: 'delete-secret', name: app, forGood: draw.chance(0.6) },
    { kind: 'restore-secret', name: app },
    { kind: 'tag-secret', name: team, scope: draw.one(['team-a', 'team-b', 'team-c']) },
    { kind: 'untag-secret', name: team },
  ]);
}

function byHand(draw: Draw, index: number): Happening {
  const workspaceId = draw.one(PLACES.app.workspaces);
  const key = draw.one(['key-0', 'key-1', 'key-2']);
  return draw.one<Happening>([
    { kind: 'edit-key', workspaceId, key },
    { kind: 'delete-key', workspaceId, key },
    { kind: 'put-foreign-key', workspaceId: draw.one(WORKSPACES), key: `foreign-${index}`, value: `foreign ${index}` },
    { kind: 'take-grant', workspaceId, principal: 'data' },
    { kind: 'give-grant', workspaceId, principal: FOREIGN_GRANT.principal },
  ]);
}
