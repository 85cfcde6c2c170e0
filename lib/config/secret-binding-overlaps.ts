import type { SecretBinding } from '../../lambda/contract/secret-bindings.ts';
import type { Problems } from './problems.ts';

/**
 * Bindings that can reach the same scope of the same workspace share its access list: what one grants and the other
 * takes away would change with every sync. Names of scopes and principals are compared without case, as Databricks does.
 */
export function checkOverlaps(bindings: readonly SecretBinding[], problems: Problems): void {
  for (const [index, binding] of bindings.entries()) {
    for (const earlier of bindings.slice(0, index)) {
      if (meetInWorkspace(earlier, binding) && meetInScope(earlier, binding)) compare(earlier, binding, problems);
    }
  }
}

const meetInWorkspace = (one: SecretBinding, other: SecretBinding): boolean => {
  if (one.workspaces === 'all' || other.workspaces === 'all') return true;
  return one.workspaces.some((id) => other.workspaces.includes(id));
};

const meetInScope = (one: SecretBinding, other: SecretBinding): boolean =>
  one.select.scopes.some((scope) => other.select.scopes.some((another) => overlap(scope, another)));

/** Exact names, or beginnings with `*` behind them: those meet if one begins with the other. */
function overlap(one: string, other: string): boolean {
  const [here, there] = [one.toLowerCase(), other.toLowerCase()];
  const [begin, end] = [here.replace(/\*$/, ''), there.replace(/\*$/, '')];
  if (here !== begin && end.startsWith(begin)) return true;
  return there !== end ? begin.startsWith(end) : here === there;
}

function compare(earlier: SecretBinding, binding: SecretBinding, problems: Problems): void {
  const path = `secretBindings.${binding.id}`;
  const shared = `because secretBindings.${earlier.id} reaches the same scope`;
  for (const name of ['otherAccess', 'initialManagePrincipal'] as const) {
    if (earlier[name] === binding[name]) continue;
    problems.add(`${path}.${name}`, binding[name], `${earlier[name] ?? 'nothing'}, ${shared}`);
  }
  for (const { principal, permission } of binding.access) {
    const same = earlier.access.find((rule) => rule.principal.toLowerCase() === principal.toLowerCase());
    if (same === undefined || same.permission === permission) continue;
    problems.add(`${path}.access`, `${permission} for ${principal}`, `${same.permission}, ${shared}`);
  }
}
