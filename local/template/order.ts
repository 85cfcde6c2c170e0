import { UnknownInTemplate } from './unknown-template.ts';

/** Something that must come after others. */
export interface Ordered {
  readonly id: string;
  /** Ids of what must come first; ids that are not in the list are not waited for. */
  readonly needs: readonly string[];
}

/** Puts everything after what it needs and otherwise keeps the order. Throws UnknownInTemplate, naming a circle. */
export const inOrder = <T extends Ordered>(all: readonly T[]): readonly T[] => {
  const byId = new Map(all.map((each) => [each.id, each]));
  const done = new Set<string>();
  const ordered: T[] = [];
  const visit = (each: T, path: readonly string[]): void => {
    if (done.has(each.id)) return;
    if (path.includes(each.id)) throw new UnknownInTemplate(each.id, `depends on itself: ${path.join(' -> ')}`);
    for (const need of each.needs) {
      const needed = byId.get(need);
      if (needed !== undefined) visit(needed, [...path, each.id]);
    }
    done.add(each.id);
    ordered.push(each);
  };
  for (const each of all) visit(each, []);
  return ordered;
};
