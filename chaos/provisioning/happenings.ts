import type { CreationPlan } from '../../local/databricks/creation-plans.ts';
import type { World } from '../../local/world.ts';
import type { Draw } from '../draw.ts';
import type { Desk } from './desk.ts';
import { GIVEN, type Wish } from './wishes.ts';

/** What people ask for about new workspaces, and what Databricks and AWS put in their way. */
export type ProvisioningHappening =
  | { readonly kind: 'provision'; readonly wish: Wish; readonly idempotencyKey?: string }
  | { readonly kind: 'remove-workspace'; readonly name: string; readonly network: 'keep' | 'delete' }
  | { readonly kind: 'diagnose' | 'cancel'; readonly name: string }
  /** The next creation of this workspace fails. */
  | { readonly kind: 'plan-failure'; readonly plan: CreationPlan }
  /** AWS has no Elastic IP left for VPCs that Databricks makes, or has some again. */
  | { readonly kind: 'addresses'; readonly usedUp: boolean };

interface Planned {
  /** Milliseconds after the beginning. */
  readonly at: number;
  readonly what: ProvisioningHappening;
}

const MINUTE = 60_000;

/** Everything about every wish: asked for, asked for again, and whatever else befalls it. */
export const drawProvisioning = (draw: Draw, wishes: readonly Wish[]): readonly Planned[] =>
  wishes.flatMap((wish) => {
    const own = draw.about(wish.workspaceName);
    const first = own.whole(0, 30) * MINUTE;
    const again = Array.from({ length: own.whole(0, 4) }, (_, index) => ({
      at: first + own.one([0, 200, MINUTE, own.whole(1, 40) * MINUTE]),
      what: drawHappening(own.about(`happening ${index}`), wish),
    }));
    const failure = own.chance(0.4) ? [{ at: Math.max(0, first - 1), what: drawFailure(own, wish) }] : [];
    return [...failure, { at: first, what: asked(own, wish) }, ...again];
  });

/** With a key of one's own, or without. */
const asked = (draw: Draw, wish: Wish): ProvisioningHappening => ({
  ...{ kind: 'provision', wish },
  ...(draw.chance(0.3) && { idempotencyKey: `for-${wish.workspaceName}` }),
});

function drawHappening(draw: Draw, wish: Wish): ProvisioningHappening {
  const name = wish.workspaceName;
  // A network that is named by its id is somebody else's.
  const isGiven = 'id' in (wish.network ?? {});
  const made: readonly (() => ProvisioningHappening)[] = [
    () => asked(draw, wish),
    () => asked(draw, wish),
    () => asked(draw, wish),
    () => ({ kind: 'remove-workspace', name, network: isGiven ? 'keep' : draw.one(['keep', 'delete'] as const) }),
    () => ({ kind: 'diagnose', name }),
    () => ({ kind: 'cancel', name }),
    () => drawFailure(draw, wish),
  ];
  return draw.one(made)();
}

function drawFailure(draw: Draw, { workspaceName, network }: Wish): ProvisioningHappening {
  if (network === undefined) return { kind: 'addresses', usedUp: true };
  const finding = draw.one(['subnet', 'securityGroup', 'networkAcl', 'vpc', 'credentials'] as const);
  const plan: CreationPlan = {
    ...{ workspaceName, ends: 'FAILED', message: 'Network misconfigured.' },
    errors: [{ error_type: finding, error_message: 'found by the check' }],
  };
  return { kind: 'plan-failure', plan };
}

/** Lets it happen. Whatever is asked over HTTP goes on by itself. */
export function actOnProvisioning(what: ProvisioningHappening, desk: Desk, { databricks: { control } }: World): void {
  switch (what.kind) {
    case 'provision':
      void desk.provision(what.wish, what.idempotencyKey);
      return;
    case 'remove-workspace':
      void desk.remove(what.name, what.network);
      return;
    case 'diagnose':
      void desk.diagnose(what.name);
      return;
    case 'cancel':
      void desk.cancel(what.name);
      return;
    case 'plan-failure':
      control.planCreation(what.plan);
      return;
    case 'addresses':
      control.setSwitches({ addressesUsedUp: what.usedUp });
  }
}

/** People mend what stood in the way: quotas, and the networks that are somebody else's. */
export function mend({ databricks: { control } }: World): void {
  control.clearCreationPlans();
  control.setSwitches({ addressesUsedUp: false });
  control.setNetworkFindings(GIVEN.network, { errors: [], warnings: [] });
}
