import { Draws } from '../local/draws.ts';

/** Everything that one seed decides. Each subject draws from its own numbers, so that one more draw shifts no other. */
export class Draw {
  readonly #draws: Draws;
  readonly #subject: string;

  constructor(seed: number, subject = '', draws = new Draws(seed)) {
    this.#draws = draws;
    this.#subject = subject;
  }

  /** The numbers of a subject within this one. */
  about(subject: string): Draw {
    return new Draw(0, `${this.#subject}/${subject}`, this.#draws);
  }

  /** Between two numbers, the greater one left out. */
  between(least: number, most: number): number {
    return least + this.#draws.next(this.#subject) * (most - least);
  }

  /** A whole number, both ends included. */
  whole(least: number, most: number): number {
    return Math.floor(this.between(least, most + 1));
  }

  chance(probability: number): boolean {
    return this.between(0, 1) < probability;
  }

  /** Throws for an empty list. */
  one<T>(list: readonly T[]): T {
    const [found] = list.slice(this.whole(0, list.length - 1));
    if (found === undefined) throw new Error(`nothing to draw from for ${this.#subject}`);
    return found;
  }

  /** So many of the list at most, no one twice, in drawn order. */
  some<T>(list: readonly T[], count: number): readonly T[] {
    const left = [...list];
    const drawn: T[] = [];
    while (drawn.length < count && left.length > 0) drawn.push(...left.splice(this.whole(0, left.length - 1), 1));
    return drawn;
  }
}
