import type { APIGatewayProxyEvent } from 'aws-lambda';
import type { FieldError } from '../contract/api-answers.ts';
import { IDEMPOTENCY_KEY, LIST_PARAMETERS, PATH_PARAMETERS } from '../contract/api-requests.ts';
import { type ApiGroup, ROUTES, type Route, SCHEMAS } from '../contract/api-routes.ts';
import { object } from '../contract/api-schema.ts';
import { RequestInvalid } from '../domain/problem.ts';
import { type Check, checkOf } from './request-errors.ts';

/** A request that was checked against its route. */
export interface ApiRequest {
  readonly route: Route;
  /** Ids of the path, by name. */
  readonly ids: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  /** As its schema says; undefined where the route takes none. */
  readonly body: unknown;
  readonly idempotencyKey?: string;
  /** ARN of who asks, as IAM knows them. */
  readonly caller: string;
}

/** Thrown for a body that claims to be something else than JSON. */
export class UnsupportedMediaType extends Error {
  override readonly name = 'UnsupportedMediaType';
}

interface Checks {
  readonly route: Route;
  readonly ids: Check;
  readonly query: Check;
  readonly body?: Check;
}

const idempotencyKey = checkOf(IDEMPOTENCY_KEY);

/** Reads requests of one group's routes. The reader throws RequestInvalid with every mistake, or UnsupportedMediaType. */
export function requestReader(group: ApiGroup): (event: APIGatewayProxyEvent) => ApiRequest {
  const routes = new Map(
    ROUTES.filter((route) => route.group === group).map((route) => [`${route.method} ${route.path}`, checksOf(route)]),
  );
  return (event) => {
    const checks = routes.get(`${event.httpMethod} ${event.resource}`);
    // API Gateway sends only what the template routes here.
    if (checks === undefined) throw new RangeError(`no route ${event.httpMethod} ${event.resource}`);
    return readRequest(event, checks);
  };
}

function readRequest(event: APIGatewayProxyEvent, { route, ...checks }: Checks): ApiRequest {
  const ids = texts(event.pathParameters);
  const query = texts(event.queryStringParameters);
  const given = headerOf(event, 'idempotency-key');
  const key = route.idempotencyKey === true ? given : undefined;
  const { body, errors } = checks.body === undefined ? { body: undefined, errors: [] } : readBody(event, checks.body);
  const all = [
    ...checks.ids(ids, 'path'),
    ...checks.query(query, 'query'),
    ...repeated(event, route),
    ...(key === undefined ? [] : idempotencyKey(key, 'Idempotency-Key')),
    ...errors,
  ];
  if (all.length > 0) throw new RequestInvalid(all);
  const caller = event.requestContext.identity.userArn ?? 'unknown';
  return { route, ids, query, body, caller, ...(key !== undefined && { idempotencyKey: key }) };
}

function checksOf(route: Route): Checks {
  const names = [...route.path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
  const { query = [], requiredQuery = [] } = route;
  const optional = query.filter((name) => !requiredQuery.includes(name));
  return {
    route,
    ids: checkOf(object(pick(PATH_PARAMETERS, names))),
    query: checkOf(object(pick(LIST_PARAMETERS, query), { optional })),
    ...(route.request !== undefined && { body: checkOf(SCHEMAS[route.request]) }),
  };
}

const pick = <T>(from: Readonly<Record<string, T>>, names: readonly string[]): Readonly<Record<string, T>> =>
  Object.fromEntries(Object.entries(from).filter(([name]) => names.includes(name)));

function readBody(
  event: APIGatewayProxyEvent,
  check: Check,
): { readonly body: unknown; readonly errors: readonly FieldError[] } {
  const type = headerOf(event, 'content-type');
  if (type !== undefined && !/^application\/json\s*(?:;|$)/i.test(type)) {
    throw new UnsupportedMediaType(`Content-Type: found ${type.slice(0, 80)}, wanted application/json`);
  }
  const text = event.isBase64Encoded ? Buffer.from(event.body ?? '', 'base64').toString('utf8') : (event.body ?? '');
  if (text.trim() === '') return wrongBody('nothing');
  try {
    const body: unknown = JSON.parse(text);
    return { body, errors: check(body, 'body') };
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof RangeError)) throw error;
    return wrongBody('text that is no JSON');
  }
}

const wrongBody = (found: string) => ({ body: undefined, errors: [{ path: 'body', found, wanted: 'a JSON object' }] });

/** A parameter that came twice: API Gateway would hand on the last one only. */
const repeated = (
  { multiValueQueryStringParameters: all }: APIGatewayProxyEvent,
  { query = [] }: Route,
): readonly FieldError[] =>
  query.flatMap((name) => {
    const { length } = all?.[name] ?? [];
    return length > 1 ? [{ path: `query.${name}`, found: `${length} values`, wanted: 'one' }] : [];
  });

const texts = (given: Readonly<Record<string, string | undefined>> | null): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(given ?? {}).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );

/** Clients may write the names of headers in any case. */
const headerOf = ({ headers }: APIGatewayProxyEvent, name: string): string | undefined =>
  Object.entries(headers ?? {}).find(([given]) => given.toLowerCase() === name)?.[1];
