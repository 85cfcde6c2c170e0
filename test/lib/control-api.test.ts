import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import example from '../../config/example.ts';
import { ROUTES } from '../../lambda/contract/api-routes.ts';
import type { StageConfig } from '../../lib/config/stage-config.ts';
import { type StageTemplate, templateOfStage } from './stage-template.ts';

const folder = mkdtempSync(join(tmpdir(), 'control-api-'));
afterAll(() => rmSync(folder, { recursive: true }));

const stageWith = (name: string, api?: StageConfig['api']): StageTemplate =>
  templateOfStage(join(folder, name), { ...example, ...(api !== undefined && { api }) });
const WEB_ACL = 'arn:aws:wafv2:us-west-2:111122223333:regional/webacl/edge/1234';
const API = 'AWS::ApiGateway::RestApi';
const restApi = (template: StageTemplate) => template.one('AutomationApiRestApi', API).properties;
const stage = (template: StageTemplate) => template.ofType('AWS::ApiGateway::Stage')[0]?.properties ?? {};

const ROLE = 'arn:aws:iam::444455556666:role/ci';
const open = stageWith('open');
const narrow = stageWith('narrow', {
  ...{ callers: ['777788889999', ROLE], sourceIps: ['192.0.2.0/24'], webAclArn: WEB_ACL },
  ...{ ratePerSecond: 3, burst: 7, accountLogRole: 'present' },
});

describe('the API of a stage', () => {
  test('is public within IAM where nothing else is said', () => {
    expect(restApi(open)).toMatchObject({ EndpointConfiguration: { Types: ['REGIONAL'] } });
    expect(restApi(open).Policy).toBeUndefined();
    expect(open.ofType('AWS::WAFv2::WebACLAssociation')).toEqual([]);
    expect(stage(open).MethodSettings).toMatchObject([{ ThrottlingRateLimit: 10, ThrottlingBurstLimit: 20 }]);
    expect(open.outputs).toContain('ApiUrl');
  });

  test('has every route of the contract and no other, each signed by IAM', () => {
    const methods = open.ofType('AWS::ApiGateway::Method').map(({ properties }) => properties);
    expect(methods.map(({ HttpMethod, OperationName }) => `${HttpMethod} ${OperationName}`).toSorted()).toEqual(
      ROUTES.map(({ method, operationId }) => `${method} ${operationId}`).toSorted(),
    );
    expect(new Set(methods.map(({ AuthorizationType }) => AuthorizationType))).toEqual(new Set(['AWS_IAM']));
  });

  test('lets no browser of another site in: no CORS, no OPTIONS, no such header', () => {
    const text = JSON.stringify(open.resources.filter(({ type }) => type.startsWith('AWS::ApiGateway::')));
    expect(text).not.toMatch(/OPTIONS|Access-Control/i);
  });

  test('logs who called what, and no body, no header and no query', () => {
    const { AccessLogSetting, MethodSettings } = stage(open) as {
      readonly AccessLogSetting: { readonly Format: string };
      readonly MethodSettings: readonly object[];
    };
    const format = JSON.parse(AccessLogSetting.Format) as Readonly<Record<string, string>>;
    expect(Object.values(format).toSorted()).toEqual([
      ...['$context.error.responseType', '$context.httpMethod', '$context.identity.sourceIp'],
      ...['$context.identity.userArn', '$context.integration.status', '$context.requestId'],
      ...['$context.requestTimeEpoch', '$context.resourcePath', '$context.responseLatency', '$context.status'],
    ]);
    expect(MethodSettings).toMatchObject([{ DataTraceEnabled: false, LoggingLevel: 'OFF', MetricsEnabled: true }]);
  });

  test('refuses in the form of a problem, whatever it refuses', () => {
    const responses = open.ofType('AWS::ApiGateway::GatewayResponse').map(({ properties }) => properties);
    expect(responses.map(({ ResponseType }) => ResponseType)).toEqual(
      expect.arrayContaining([
        'DEFAULT_4XX',
        'DEFAULT_5XX',
        'MISSING_AUTHENTICATION_TOKEN',
        'THROTTLED',
        'WAF_FILTERED',
      ]),
    );
    for (const { ResponseParameters, ResponseTemplates } of responses) {
      expect(ResponseParameters).toMatchObject({
        'gatewayresponse.header.Content-Type': "'application/problem+json'",
      });
      const template = String((ResponseTemplates as Readonly<Record<string, string>>)['application/json']);
      const filled = template
        .replaceAll('$context.error.messageString', '"words"')
        .replaceAll(/\$context\.[\w.]+/g, 'x');
      expect(JSON.parse(filled)).toMatchObject({ type: expect.stringMatching(/^urn:/), detail: expect.any(String) });
    }
  });
});

describe('the API of a stage that', () => {
  test('names VPC endpoints is private and refuses every other way in', () => {
    const template = stageWith('private', { vpcEndpoints: ['vpce-0a1b', 'vpce-0c2d'] });
    expect(restApi(template)).toMatchObject({
      EndpointConfiguration: { Types: ['PRIVATE'], VpcEndpointIds: ['vpce-0a1b', 'vpce-0c2d'] },
      Policy: {
        Statement: [
          { Effect: 'Allow' },
          {
            ...{ Effect: 'Deny', Principal: { AWS: '*' }, Action: 'execute-api:Invoke', Resource: 'execute-api:/*' },
            Condition: { StringNotEquals: { 'aws:SourceVpce': ['vpce-0a1b', 'vpce-0c2d'] } },
          },
        ],
      },
    });
  });

  test('names addresses refuses every other address', () => {
    expect(restApi(narrow).Policy).toMatchObject({
      Statement: [
        { Effect: 'Allow' },
        { Effect: 'Deny', Condition: { NotIpAddress: { 'aws:SourceIp': ['192.0.2.0/24'] } } },
      ],
    });
    expect(restApi(narrow)).toMatchObject({ EndpointConfiguration: { Types: ['REGIONAL'] } });
  });

  test('names callers lets them in beside its own account, and nobody else', () => {
    const { Statement } = restApi(narrow).Policy as { readonly Statement: readonly object[] };
    const allowed = Statement.filter((statement) => JSON.stringify(statement).includes('"Allow"'));
    expect(allowed).toHaveLength(1);
    const text = JSON.stringify(allowed);
    expect(text).toContain(ROLE);
    expect(text.match(/\d{12}/g)?.toSorted()).toEqual(['111122223333', '444455556666', '777788889999']);
    expect(text).not.toContain('"*"');
  });

  test('names a web ACL is behind it', () => {
    const [association] = narrow.ofType('AWS::WAFv2::WebACLAssociation');
    expect(association?.properties).toMatchObject({ WebACLArn: WEB_ACL });
    expect(JSON.stringify(association?.properties.ResourceArn)).toContain('/stages/');
  });

  test('names a rate is held to it, with every method', () => {
    expect(stage(narrow).MethodSettings).toMatchObject([
      { HttpMethod: '*', ResourcePath: '/*', ThrottlingRateLimit: 3, ThrottlingBurstLimit: 7 },
    ]);
  });

  test('keeps the log role of the account makes none', () => {
    const roles = [open, narrow].map((template) => template.ofType('AWS::ApiGateway::Account').length);
    expect(roles).toEqual([1, 0]);
  });

  test('has none has nothing of it', () => {
    const template = stageWith('off', 'off');
    expect(
      template.resources.filter(({ type, id }) => /ApiGateway|WAF/.test(type) || /Api(?:Keys|Meta)/.test(id)),
    ).toEqual([]);
    expect(template.outputs).not.toContain('ApiUrl');
  });
});
