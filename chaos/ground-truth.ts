import type { World } from '../local/world.ts';
import type { BindingId } from './scenario.ts';

/** A key that somebody else wrote into a scope. */
export interface ForeignKey {
  readonly workspaceId: string;
  readonly scope: string;
  readonly key: string;
  readonly value: string;
}

/** Key configurations of one key that were there when its material was replaced. */
interface Era {
  readonly keyArn: string;
  readonly earlier: ReadonlySet<string>;
}

/** What the run itself did and saw, against which the end is judged. */
export class GroundTruth {
  readonly #world: World;
  readonly foreign: ForeignKey[];
  readonly eras: Era[] = [];
  /** The key behind each alias at the beginning. */
  readonly firstKeys = new Map<BindingId, string>();
  /** Key configurations that each workspace was seen to use. */
  readonly seen = new Map<string, Set<string>>();
  readonly beganAt: number;

  constructor(world: World, foreign: readonly ForeignKey[]) {
    this.#world = world;
    this.foreign = [...foreign];
    this.beganAt = world.clock.now();
  }

  /** Call it before a key is rotated. */
  noteRotation(keyArn: string): void {
    const earlier = new Set(configurationsOf(this.#world, keyArn).map(({ id }) => id));
    this.eras.push({ keyArn, earlier });
  }

  /** Looks which key configuration each workspace uses now; what one of them merely shows for a while is not used. */
  look(): void {
    for (const { id, managedServicesKeyId, outcome } of this.#world.databricks.control.state().workspaces) {
      if (managedServicesKeyId === null || outcome !== 'applied') continue;
      this.seen.set(id, (this.seen.get(id) ?? new Set()).add(managedServicesKeyId));
    }
  }
}

export interface Configuration {
  readonly id: string;
  readonly keyArn: string;
}

/** The account's key configurations of one key. */
export function configurationsOf({ databricks }: World, keyArn: string): readonly Configuration[] {
  return databricks.control
    .state()
    .keyConfigurations.map((body) => {
      const { customer_managed_key_id, aws_key_info } = body as {
        readonly customer_managed_key_id: string;
        readonly aws_key_info: { readonly key_arn: string };
      };
      return { id: customer_managed_key_id, keyArn: aws_key_info.key_arn };
    })
    .filter((configuration) => configuration.keyArn === keyArn);
}
