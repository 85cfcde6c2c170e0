/** Collects everything that is wrong with a configuration, each with its path, what was found and what was wanted. */
export class Problems {
  readonly #found: string[] = [];

  add(path: string, found: unknown, wanted: string): void {
    this.#found.push(`${path}: found ${shown(found)}, wanted ${wanted}`);
  }

  get list(): readonly string[] {
    return this.#found;
  }
}

/** All problems of a configuration at once. */
export class ConfigInvalid extends Error {
  override readonly name = 'ConfigInvalid';

  constructor(source: string, problems: readonly string[]) {
    super(
      `${source} has ${problems.length} problem${problems.length === 1 ? '' : 's'}:\n${problems.map((one) => `  - ${one}`).join('\n')}`,
    );
  }
}

function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}
