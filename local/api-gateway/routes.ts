import type { Method } from './definition.ts';

/**
 * A method and what stands in the braces of its path, as it was sent. "REST APIs decode URL-encoded request parameters" is
 * true of the query string; in events of the service path parameters are still encoded.
 */
export interface Route {
  readonly method: Method;
  readonly pathParameters: Readonly<Record<string, string>>;
}

/** What `ANY` stands for. */
const ANY = new Set(['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT']);

/**
 * Finds the method for a path below the stage. Exact parts come before `{param}`, which comes before `{proxy+}`; the
 * resource is chosen first, so that a method which only a less exact resource has is not found. A slash at the end
 * makes no difference.
 */
export const findRoute = (methods: readonly Method[], httpMethod: string, path: string): Route | undefined => {
  const parts = partsOf(path);
  const fitting = methods.flatMap((method) => {
    const pathParameters = matched(partsOf(method.resource.path), parts);
    return pathParameters === undefined ? [] : [{ method, pathParameters }];
  });
  const best = fitting.map(({ method }) => method.resource.path).toSorted(moreExact)[0];
  const there = fitting.filter(({ method }) => method.resource.path === best);
  return (
    there.find(({ method }) => method.httpMethod === httpMethod) ??
    there.find(({ method }) => method.httpMethod === 'ANY' && ANY.has(httpMethod))
  );
};

/** `/a/b/` has the parts a and b, the root has none. */
const partsOf = (path: string): readonly string[] => {
  const inner = path.replace(/^\//, '').replace(/\/$/, '');
  return inner === '' ? [] : inner.split('/');
};

const matched = (wanted: readonly string[], parts: readonly string[]): Readonly<Record<string, string>> | undefined => {
  const parameters: Record<string, string> = {};
  for (const [index, part] of wanted.entries()) {
    const found = parts[index];
    if (found === undefined || found === '') return undefined;
    if (isGreedy(part)) return { ...parameters, [part.slice(1, -2)]: parts.slice(index).join('/') };
    if (isParameter(part)) parameters[part.slice(1, -1)] = found;
    else if (part !== found) return undefined;
  }
  return wanted.length === parts.length ? parameters : undefined;
};

const isGreedy = (part: string): boolean => part.startsWith('{') && part.endsWith('+}');

const isParameter = (part: string): boolean => part.startsWith('{');

const vagueness = (part: string | undefined): number => {
  if (part === undefined || isGreedy(part)) return 2;
  return isParameter(part) ? 1 : 0;
};

const moreExact = (a: string, b: string): number => {
  const [left, right] = [partsOf(a), partsOf(b)];
  for (let index = 0; index < Math.max(left.length, right.length); index += 1) {
    const difference = vagueness(left[index]) - vagueness(right[index]);
    if (difference !== 0) return difference;
  }
  return 0;
};
