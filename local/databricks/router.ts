import type { Answer } from './answer.ts';

/** A request as the routes see it: `path` begins where the real host's root is. */
export interface Call {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: string;
  readonly authorization: string | undefined;
}

/** One operation: the template's `{names}` become parameters. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly template: string;
  readonly answer: (call: Call, parameters: Parameters) => Answer | Promise<Answer>;
}

export type Parameters = Readonly<Record<string, string>>;

interface Match {
  readonly route: Route;
  readonly parameters: Parameters;
}

/** The route for a method and path, or nothing. */
export const matchRoute = (routes: readonly Route[], method: string, path: string): Match | undefined => {
  for (const route of routes) {
    const parameters = route.method === method ? parametersOf(route.template, path) : undefined;
    if (parameters !== undefined) return { route, parameters };
  }
  return undefined;
};

const parametersOf = (template: string, path: string): Parameters | undefined => {
  const wanted = template.split('/');
  const given = path.split('/');
  if (wanted.length !== given.length) return undefined;
  const found: Record<string, string> = {};
  for (const [position, part] of wanted.entries()) {
    const segment = given[position] ?? '';
    const name = /^\{(\w+)\}$/.exec(part)?.[1];
    if (name === undefined && part !== segment) return undefined;
    if (name !== undefined && segment === '') return undefined;
    if (name !== undefined) found[name] = decoded(segment);
  }
  return found;
};

const decoded = (segment: string): string => {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
};
