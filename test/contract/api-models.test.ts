import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { afterAll, describe, expect, test } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { APIGatewayProxyEvent } from 'aws-lambda';
import fc from 'fast-check';
import { describeApi } from '../../lambda/app/describe-api.ts';
import { PROBLEM } from '../../lambda/contract/api-answers.ts';
import { ROUTES, SCHEMAS, type SchemaName } from '../../lambda/contract/api-routes.ts';
import type { Schema } from '../../lambda/contract/api-schema.ts';
import { RequestInvalid } from '../../lambda/domain/problem.ts';
import { requestReader } from '../../lambda/runtime/read-request.ts';
import { compileModel } from '../../local/api-gateway/body-model.ts';
import { badBodies } from '../flow/bad-bodies.ts';
import { bodyOf, type OpenApiDocument } from '../flow/request-arbitraries.ts';
import { templateOfStage } from '../lib/stage-template.ts';

const folder = mkdtempSync(join(tmpdir(), 'api-models-'));
afterAll(() => rmSync(folder, { recursive: true }));

const template = templateOfStage(folder);
const document = describeApi() as OpenApiDocument;
const models = new Map(
  template
    .ofType('AWS::ApiGateway::Model')
    .map(({ id, properties }) => [id, { name: String(properties.Name), schema: properties.Schema as Schema }]),
);
const WITH_BODY = ROUTES.flatMap((route) =>
  route.request === undefined ? [] : [{ ...route, request: route.request }],
);

/** Where the models of the template and the schemas of a document differ from the contract. */
function differences(given: {
  readonly models: Iterable<{ name: string; schema: Schema }>;
  readonly document: OpenApiDocument;
}) {
  const byName = new Map([...given.models].map(({ name, schema }) => [name, schema]));
  const described = given.document.components.schemas;
  return [
    ...[...byName].flatMap(([name, schema]) =>
      isDeepStrictEqual(bare(schema), SCHEMAS[name as SchemaName]) ? [] : [`model ${name}`],
    ),
    ...WITH_BODY.flatMap(({ request }) => (byName.has(request) ? [] : [`no model ${request}`])),
    ...Object.entries({ ...SCHEMAS, Problem: PROBLEM }).flatMap(([name, schema]) =>
      isDeepStrictEqual(JSON.parse(JSON.stringify(described[name] ?? null)), JSON.parse(JSON.stringify(schema)))
        ? []
        : [`schema ${name}`],
    ),
    ...Object.keys(described).flatMap((name) => (name === 'Problem' || name in SCHEMAS ? [] : [`schema ${name}`])),
  ];
}

/** Without what the CDK adds to every model. */
const bare = ({ $schema: _draft, ...schema }: Schema & { readonly $schema?: string }): Schema => schema;

describe('the schemas of bodies', () => {
  test('are the same in the contract, in API Gateway and in the OpenAPI document', () => {
    expect(differences({ models: models.values(), document })).toEqual([]);
    expect([...models.values()].map(({ name }) => name).toSorted()).toEqual(
      [...new Set(WITH_BODY.map(({ request }) => request))].toSorted(),
    );
  });

  test('are seen to differ when one of them does', () => {
    const spoiled = structuredClone(document) as { components: { schemas: Record<string, Schema> } } & OpenApiDocument;
    spoiled.components.schemas.KeyRolloutRequest = { type: 'object' };
    delete spoiled.components.schemas.Health;
    spoiled.components.schemas.Surprise = {};
    const [first, ...others] = [...models.values()];
    const changed = { name: first?.name ?? '', schema: { ...first?.schema, additionalProperties: true } };
    expect(differences({ models: [changed, ...others.slice(1)], document: spoiled })).toEqual([
      `model ${first?.name}`,
      `no model ${others[0]?.name}`,
      ...['schema KeyRolloutRequest', 'schema Health', 'schema Surprise'],
    ]);
  });

  test('are what each method of API Gateway names', () => {
    for (const { properties } of template.ofType('AWS::ApiGateway::Method')) {
      const route = ROUTES.find(({ operationId }) => operationId === properties.OperationName);
      const named = Object.values(
        (properties.RequestModels ?? {}) as Readonly<Record<string, { readonly Ref: string }>>,
      );
      expect(named.map(({ Ref }) => models.get(Ref)?.name)).toEqual(
        route?.request === undefined ? [] : [route.request],
      );
    }
  });
});

describe.each(WITH_BODY.map((route) => [route.operationId, route] as const))('the body of %s', (_name, route) => {
  const { request, group, method, path } = route;
  const asModel = compileModel(request, [...models.values()].find(({ name }) => name === request)?.schema);
  const described = document.paths[path]?.[method.toLowerCase()]?.requestBody?.content['application/json']?.schema;
  const asDocument = new Ajv2020({ strict: false }).compile({ ...described, components: document.components });
  const read = requestReader(group);
  const ids = Object.fromEntries([...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => [name, '1']));
  /** Whether API Gateway, the document and the function take it. */
  const verdicts = (body: string): readonly boolean[] => [
    asModel(body).length === 0,
    isJson(body) && asDocument(JSON.parse(body)),
    isRead(() => read(eventOf(method, path, ids, body))),
  ];
  const same = (body: string, verdict: boolean): void => {
    expect({ body: body.slice(0, 300), verdicts: verdicts(body) }).toEqual({
      ...{ body: body.slice(0, 300), verdicts: [verdict, verdict, verdict] },
    });
  };

  test('is refused by all for every rule that it can break', () => {
    for (const { value } of badBodies(SCHEMAS[request])) same(JSON.stringify(value), false);
  });

  test('is taken by all or by none, whatever it is', () => {
    let taken = 0;
    fc.assert(
      fc.property(bodyOf(SCHEMAS[request], {}), (body) => {
        const [verdict = false] = verdicts(body);
        taken += Number(verdict);
        same(body, verdict);
      }),
      { seed: 20_260_520, numRuns: 300 },
    );
    expect(taken).toBeGreaterThan(20);
  });
});

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

function isRead(act: () => unknown): boolean {
  try {
    act();
    return true;
  } catch (error) {
    if (error instanceof RequestInvalid) return false;
    throw error;
  }
}

const eventOf = (httpMethod: string, resource: string, pathParameters: object, body: string): APIGatewayProxyEvent =>
  ({
    ...{ httpMethod, resource, pathParameters, body, headers: { 'content-type': 'application/json' } },
    requestContext: { requestId: 'r1', identity: {} },
  }) as unknown as APIGatewayProxyEvent;

describe('the OpenAPI document', () => {
  test('describes every route once, with every parameter of its path', () => {
    const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, { operationId, parameters = [] }]) => {
        const inPath = parameters.filter((one) => one.in === 'path').map(({ name }) => `{${name}}`);
        expect(path.match(/\{\w+\}/g) ?? []).toEqual(inPath);
        return `${method.toUpperCase()} ${path} ${operationId}`;
      }),
    );
    expect(operations.toSorted()).toEqual(
      ROUTES.map(({ method, path, operationId }) => `${method} ${path} ${operationId}`).toSorted(),
    );
    expect(new Set(ROUTES.map(({ operationId }) => operationId)).size).toBe(ROUTES.length);
  });

  test('refers to nothing that it does not hold', () => {
    for (const [, path = ''] of JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)) {
      const found = path
        .split('/')
        .reduce<unknown>((at, name) => (at as Record<string, unknown> | undefined)?.[name], document);
      expect({ path, found }).toEqual({ path, found: expect.any(Object) });
    }
  });

  test('has only schemas that mean the same in draft 4 and in 2020-12, each of which compiles', () => {
    for (const [name, schema] of Object.entries(document.components.schemas)) {
      expect(() => compileModel(name, schema)).not.toThrow();
      expect(() =>
        new Ajv2020({ strict: true, strictRequired: false, allowUnionTypes: true }).compile(schema),
      ).not.toThrow();
    }
  });

  test('names every answer and problem of every route', () => {
    for (const { method, path, answers, problems = [] } of ROUTES) {
      const { responses = {} } = document.paths[path]?.[method.toLowerCase()] ?? {};
      const wanted = [...Object.keys(answers), ...[400, 403, 429, 500, ...problems].map(String)];
      expect(Object.keys(responses).toSorted()).toEqual([...new Set(wanted)].toSorted());
    }
  });
});
