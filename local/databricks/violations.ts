/** Something that the documentation forbids and the service does not refuse. */
export interface Violation {
  readonly at: number;
  readonly workspaceId: string | null;
  readonly kind: ViolationKind;
  readonly text: string;
}

/**
 * - `started-during-update`, `started-during-rest`: compute started while an update was going on, or in the 20 minutes
 *   after an update that needs them.
 * - `updated-while-running`: an update was accepted although classic compute ran (switch `refusalWhileRunning`).
 * - `deleted-too-early`: a key configuration was deleted less than 24 hours after a workspace left it. Documented for
 *   the KMS key; that the configuration must live as long is a conclusion.
 * - `shared-network-parts`: a network was created with a subnet or security group of another one.
 */
type ViolationKind =
  | 'started-during-update'
  | 'started-during-rest'
  | 'updated-while-running'
  | 'deleted-too-early'
  | 'shared-network-parts';

/** Keeps the violations in the order in which they were noticed. */
export class Violations {
  readonly #noted: Violation[] = [];

  note(violation: Violation): void {
    this.#noted.push(violation);
  }

  all(): readonly Violation[] {
    return [...this.#noted];
  }
}
