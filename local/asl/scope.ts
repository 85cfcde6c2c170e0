/** The variables of one line of states. Reads outer variables, writes only its own. */
export class Scope {
  readonly #own = new Map<string, unknown>();
  readonly #outer: Scope | undefined;

  constructor(outer?: Scope) {
    this.#outer = outer;
  }

  /** All variables that can be read here, as they are now. */
  values(): Readonly<Record<string, unknown>> {
    return { ...this.#outer?.values(), ...Object.fromEntries(this.#own) };
  }

  /** Sets variables of this scope. */
  assign(entries: Iterable<readonly [string, unknown]>): void {
    for (const [name, value] of entries) this.#own.set(name, value);
  }
}
