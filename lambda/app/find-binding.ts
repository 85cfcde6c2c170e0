import type { BindingsFile, KeyBinding } from '../contract/bindings.ts';
import { FAILURE } from '../contract/failures.ts';
import { AutomationError } from '../domain/failure.ts';

/** The key binding of this id, or BindingUnknown naming those there are. */
export function findBinding(bindings: BindingsFile, id: string): KeyBinding {
  const binding = bindings.keyBindings.find((one) => one.id === id);
  if (binding !== undefined) return binding;
  const known = bindings.keyBindings.map((one) => one.id).join(', ');
  throw new AutomationError(FAILURE.bindingUnknown, `bindingId: found '${id}', wanted one of: ${known}`);
}
