import { PROBLEM } from '../contract/api-answers.ts';
import { IDEMPOTENCY_KEY, LIST_PARAMETERS, PATH_PARAMETERS } from '../contract/api-requests.ts';
import { ROUTES, type Route, SCHEMAS } from '../contract/api-routes.ts';
import { VERSION } from '../contract/version.ts';

/** Problems that any call may answer. */
const COMMON_PROBLEMS: readonly number[] = [400, 403, 429, 500];

const WORDS: Readonly<Record<number, string>> = {
  400: 'The request is wrong; `errors` names each place',
  403: 'Not signed, or not allowed',
  404: 'There is no such thing',
  409: 'In conflict with the present state; `operation` names what is in the way',
  415: 'The body is no application/json',
  422: 'Well formed, and cannot be carried out; `detail` says what to do',
  429: 'Too many requests; Retry-After says when to ask again',
  500: 'Something went wrong; name the request id to whoever looks into it',
  502: 'Databricks does not answer or refuses the credentials',
};

/** The API as an OpenAPI 3.1 document, made of the routes and schemas that also validate it. */
export function describeApi(): object {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of ROUTES) {
    paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: operation(route) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Databricks security automation',
      version: VERSION,
      description:
        'Key rollouts, secret syncs and what they work on. Requests are signed with AWS Signature Version 4 for the service execute-api.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [
      {
        url: 'https://{apiId}.execute-api.{region}.amazonaws.com/{stage}',
        description: 'Output ApiUrl of the stack',
        variables: { apiId: { default: 'api' }, region: { default: 'us-west-2' }, stage: { default: 'api' } },
      },
    ],
    security: [{ sigv4: [] }],
    tags: [
      { name: 'keys', description: 'Key configurations' },
      { name: 'operations', description: 'Key rollouts and secret syncs' },
      { name: 'workspaces', description: 'Workspaces and their secrets' },
      { name: 'meta', description: 'About this API' },
    ],
    paths,
    components: {
      schemas: { ...SCHEMAS, Problem: PROBLEM },
      responses: Object.fromEntries(Object.keys(WORDS).map((status) => [`Problem${status}`, problemResponse(status)])),
      securitySchemes: {
        sigv4: {
          type: 'apiKey',
          name: 'Authorization',
          in: 'header',
          description: 'AWS Signature Version 4',
          'x-amazon-apigateway-authtype': 'awsSigv4',
        },
      },
    },
  };
}

function operation(route: Route): object {
  const { operationId, group, summary, description, request, answers, problems = [] } = route;
  return {
    ...{ operationId, tags: [group], summary, description },
    ...(parametersOf(route).length > 0 && { parameters: parametersOf(route) }),
    ...(request !== undefined && {
      requestBody: { required: true, content: { 'application/json': { schema: reference(request) } } },
    }),
    responses: {
      ...Object.fromEntries(
        Object.entries(answers).map(([status, { says, schema }]) => [
          status,
          {
            description: says,
            ...(status === '202' && {
              headers: { Location: { description: 'Where the operation stands', schema: { type: 'string' } } },
            }),
            ...(schema !== null && { content: { 'application/json': { schema: reference(schema) } } }),
          },
        ]),
      ),
      ...Object.fromEntries(
        [...COMMON_PROBLEMS, ...problems].map((status) => [
          String(status),
          { $ref: `#/components/responses/Problem${status}` },
        ]),
      ),
    },
  };
}

function parametersOf({ path, query = [], requiredQuery = [], idempotencyKey }: Route): readonly object[] {
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => ({
    ...{ name, in: 'path', required: true, schema: PATH_PARAMETERS[name] ?? {} },
  }));
  const inQuery = query.map((name) => ({
    name,
    in: 'query',
    required: requiredQuery.includes(name),
    schema: LIST_PARAMETERS[name] ?? {},
  }));
  const inHeader =
    idempotencyKey === true
      ? [{ name: 'Idempotency-Key', in: 'header', required: false, schema: IDEMPOTENCY_KEY }]
      : [];
  return [...inPath, ...inQuery, ...inHeader];
}

const reference = (name: string): object => ({ $ref: `#/components/schemas/${name}` });

const problemResponse = (status: string): object => ({
  description: WORDS[Number(status)] ?? 'Refused',
  ...(status === '429' && {
    headers: { 'Retry-After': { description: 'Seconds', schema: { type: 'integer' } } },
  }),
  content: { 'application/problem+json': { schema: reference('Problem') } },
});
