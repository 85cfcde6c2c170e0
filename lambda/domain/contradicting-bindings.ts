import type { KeyBinding } from '../contract/bindings.ts';

/**
 * Why the schedule must not repair what `binding` wants, in words; empty if nothing speaks against it. Two bindings that
 * want different keys for the managed services of one workspace would undo each other's work at every turn, with the
 * compute stopped each time.
 */
export function contradictions(binding: KeyBinding, all: readonly KeyBinding[]): readonly string[] {
  if (!repairs(binding)) return [];
  return all
    .filter((other) => other.id !== binding.id && repairs(other) && other.key !== binding.key)
    .flatMap((other) => {
      const both = named(other).filter((id) => named(binding).includes(id));
      return both.length === 0 ? [] : [words(binding, other, both)];
    });
}

const repairs = ({ drift, useCases }: KeyBinding): boolean =>
  drift === 'repair' && useCases.includes('MANAGED_SERVICES');

const named = ({ workspaces }: KeyBinding): readonly string[] => (workspaces === 'using-key' ? [] : workspaces);

const words = (binding: KeyBinding, other: KeyBinding, both: readonly string[]): string =>
  `bindings ${binding.id} and ${other.id} want different keys for workspace ${both.slice(0, 5).join(', ')}; the schedule only reports what it finds until one of them gives the workspace up or has drift: 'report'`;
