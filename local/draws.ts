/**
 * Seeded random numbers by name. The nth number of a name is the same in every run with this seed, whatever was drawn for
 * other names meanwhile: requests that run side by side do not take each other's luck.
 */
export class Draws {
  readonly #seed: number;
  readonly #drawn = new Map<string, number>();

  constructor(seed: number) {
    this.#seed = seed;
  }

  /** From 0 up to but excluding 1. */
  next(name: string): number {
    const turn = this.#drawn.get(name) ?? 0;
    this.#drawn.set(name, turn + 1);
    return hashed(`${this.#seed}/${turn}/${name}`) / 4_294_967_296;
  }
}

/** Ids that are made anew in every run must not change what is drawn for the request that names them. */
export const withoutIds = (text: string): string => text.replace(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/gi, '*');

/** FNV-1a, stirred once more by the last steps of MurmurHash3, because similar names must not have similar numbers. */
const hashed = (text: string): number => {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
};
