import type { NetworkError, NetworkWarning } from './network-findings.ts';

export const CREATION_ENDS = ['RUNNING', 'FAILED', 'BANNED', 'CANCELLING'] as const;

/** How the creation of a workspace shall end. */
export interface CreationPlan {
  /** Only a workspace of this name; left out, whichever is created next. */
  readonly workspaceName?: string;
  /** Default FAILED when there are errors, else RUNNING. */
  readonly ends?: (typeof CREATION_ENDS)[number];
  /** Status message at the end. Default: what stands in the way, or the usual one. */
  readonly message?: string;
  /** What the check of its network finds from then on, if it is in one. */
  readonly errors?: readonly NetworkError[];
  readonly warnings?: readonly NetworkWarning[];
  /** For so many creations. Default 1. */
  readonly times?: number;
}

interface Standing {
  readonly plan: CreationPlan;
  left: number;
}

/** The plans that are in force; the oldest that fits is used first. */
export class CreationPlans {
  #standing: Standing[] = [];

  add(plan: CreationPlan): void {
    this.#standing.push({ plan, left: plan.times ?? 1 });
  }

  clear(): void {
    this.#standing = [];
  }

  /** The plan for a workspace of this name, used up by one; without one nothing goes wrong. */
  take(name: string): CreationPlan {
    const hit = this.#standing.find(({ plan }) => plan.workspaceName === undefined || plan.workspaceName === name);
    if (hit === undefined) return {};
    hit.left -= 1;
    this.#standing = this.#standing.filter(({ left }) => left > 0);
    return hit.plan;
  }
}
