import type { Call } from './call.ts';
import type { RequestParameter } from './definition.ts';
import { GatewayRefusal } from './refusal.ts';
import type { Route } from './routes.ts';

/**
 * What a method's request validator does ("Request validation for REST APIs in API Gateway"): it sees that "the
 * required request parameters in the URI, query string, and headers of an incoming request are included and
 * non-blank", and that "the applicable request payload adheres to the configured JSON schema request model". Throws
 * GatewayRefusal.
 *
 * Applicable is the model of the request's content type, else that of `$default`; a request without Content-Type
 * counts as application/json. "When a request payload cannot be validated because no model schema can be matched",
 * passthrough decides, and a proxy integration "passes the entire request through to your backend": a body of another
 * content type reaches the function unchecked. An empty body is no JSON and fails where there is a model for it.
 */
export const checkRequest = (call: Call, { method, pathParameters }: Route): void => {
  if (method.checks.parameters) {
    const missing = method.required.filter((each) => isBlank(parameterOf(call, pathParameters, each)));
    if (missing.length > 0) {
      const names = missing.map(({ name }) => name).join(', ');
      throw new GatewayRefusal('badParameters', `Missing required request parameters: [${names}]`);
    }
  }
  if (!method.checks.body) return;
  const model = method.models.get(contentType(call)) ?? method.models.get('$default');
  const problems = model?.(call.body.toString()) ?? [];
  if (problems.length === 0) return;
  throw new GatewayRefusal('badBody', 'Invalid request body', { validation: `[${problems.join(', ')}]` });
};

const isBlank = (value: string | undefined): boolean => value === undefined || value.trim() === '';

/** Names of headers are taken in any case, as HTTP/2 has them in lower case only. */
const parameterOf = (
  call: Call,
  pathParameters: Readonly<Record<string, string>>,
  { place, name }: RequestParameter,
): string | undefined => {
  if (place === 'header') return call.header(name);
  return place === 'path' ? pathParameters[name] : call.query.findLast(([each]) => each === name)?.[1];
};

const contentType = (call: Call): string =>
  (call.header('content-type') ?? 'application/json').split(';')[0]?.trim().toLowerCase() ?? '';
