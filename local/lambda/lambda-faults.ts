import { Draws } from '../draws.ts';

/** When in an invocation its environment dies; a write is a request that changes something, the first one is 1. */
export type DeathMoment =
  | { readonly at: 'start' | 'end' }
  | { readonly at: 'before-write' | 'after-write'; readonly write: number };

/**
 * What happens to an invocation. `crash`: the process ends (`Runtime.ExitError`). `timeout`: it hangs until its time is
 * over (`Sandbox.Timedout`). A moment that an invocation does not come to passes it by.
 */
export interface Death {
  readonly kind: 'crash' | 'timeout';
  readonly moment: DeathMoment;
}

/** Which invocations a fault strikes. What is left out matches everything. */
interface LambdaFaultTarget {
  /** Source of a regular expression for the function's name. */
  readonly functionName?: string;
  /** The next so many matching invocations. Default 1, unless there is a probability. */
  readonly times?: number;
  /** From 0 to 1, drawn for each invocation of a function by the seed, until the faults are cleared. */
  readonly probability?: number;
}

export type LambdaFault = Death & LambdaFaultTarget;

interface Standing {
  readonly fault: LambdaFault;
  readonly name: string;
  left: number;
}

/** The faults of the simulated Lambda that are in force; the oldest that matches strikes. */
export class LambdaFaults {
  readonly #draws: Draws;
  #added = 0;
  #standing: Standing[] = [];
  #mostSkewMs = 0;

  /** `randomSeed` makes the draws of probable faults repeatable. */
  constructor(randomSeed: number) {
    this.#draws = new Draws(randomSeed);
  }

  /** Throws for a fault that is counted and probable at once, or whose function is not a regular expression. */
  add(fault: LambdaFault): void {
    if (fault.times !== undefined && fault.probability !== undefined) {
      throw new Error('a fault has either times or a probability');
    }
    if (fault.functionName !== undefined) new RegExp(fault.functionName);
    const left = fault.probability === undefined ? (fault.times ?? 1) : Number.POSITIVE_INFINITY;
    this.#added += 1;
    this.#standing.push({ fault, name: `fault ${this.#added}`, left });
  }

  /** Clocks of environments that are made from now on go wrong by up to so much either way, each by its own amount. */
  skewClocks(mostMs: number): void {
    this.#mostSkewMs = mostMs;
  }

  /** Environments that were made before keep their clocks. */
  clear(): void {
    this.#standing = [];
    this.#mostSkewMs = 0;
  }

  /** How this invocation dies, if it does; the fault is used up by one. */
  strike(functionName: string): Death | undefined {
    const hit = this.#standing.find(
      ({ fault, name }) => matches(fault, functionName) && this.#drawn(fault, `${name} ${functionName}`),
    );
    if (hit === undefined) return undefined;
    hit.left -= 1;
    this.#standing = this.#standing.filter(({ left }) => left > 0);
    return { kind: hit.fault.kind, moment: hit.fault.moment };
  }

  /** Milliseconds by which the clock of a new environment is ahead. */
  skewOf(functionName: string): number {
    return Math.round((2 * this.#draws.next(`skew ${functionName}`) - 1) * this.#mostSkewMs);
  }

  #drawn({ probability }: LambdaFault, name: string): boolean {
    return probability === undefined || this.#draws.next(name) < probability;
  }
}

const matches = ({ functionName }: LambdaFault, name: string): boolean =>
  functionName === undefined || new RegExp(functionName).test(name);
