import type { Call } from './call.ts';
import type { StageSettings } from './definition.ts';
import { eventHeaders } from './proxy-headers.ts';
import type { RequestContext } from './request-context.ts';
import type { Route } from './routes.ts';

/**
 * The event of a Lambda proxy integration, format 1.0 ("Input format of a Lambda function for proxy integration"). What
 * is empty is null. The body is never base64, because the API has no binary media types.
 */
export const proxyEvent = (
  call: Call,
  { method, pathParameters }: Route,
  { stage, context }: { readonly stage: StageSettings; readonly context: RequestContext },
): unknown => ({
  resource: method.resource.path,
  path: call.path.slice(`/${stage.name}`.length) || '/',
  httpMethod: call.method,
  ...eventHeaders(call, method.authorization === 'AWS_IAM'),
  queryStringParameters: orNull(Object.fromEntries(call.query)),
  multiValueQueryStringParameters: orNull(allValues(call.query)),
  pathParameters: orNull(pathParameters),
  stageVariables: orNull(stage.variables),
  requestContext: context,
  body: call.body.length === 0 ? null : call.body.toString(),
  isBase64Encoded: false,
});

const orNull = <T extends object>(values: T): T | null => (Object.keys(values).length === 0 ? null : values);

const allValues = (pairs: readonly (readonly [string, string])[]): Readonly<Record<string, readonly string[]>> => {
  const values = new Map<string, string[]>();
  for (const [name, value] of pairs) values.set(name, [...(values.get(name) ?? []), value]);
  return Object.fromEntries(values);
};
