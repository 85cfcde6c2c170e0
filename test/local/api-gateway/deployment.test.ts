import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import { PortTaken } from '../../../local/aws/endpoint.ts';
import { startAccount } from '../aws/account.ts';
import { resource, startApi } from './running-api.ts';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

const started: typeof startApi = async (settings) => {
  const api = await startApi(settings);
  closing.push(api.close);
  return api;
};

describe('a deployed API', () => {
  test('tells its address here and the one that outputs tell', async () => {
    const { account, deployment } = await started();
    const [api] = deployment.apis;

    expect(deployment.apis).toEqual([
      {
        restApiId: expect.stringMatching(/^[a-z0-9]{10}$/),
        stage: 'v1',
        url: `http://127.0.0.1:${account.apiGateway.port}/v1`,
        awsUrl: `https://${api?.restApiId}.execute-api.us-west-2.amazonaws.com/v1`,
      },
    ]);
    expect(Object.values(deployment.outputs.Shop ?? {})).toEqual([`${api?.awsUrl}/`]);
  });

  test('has the same ids every time', async () => {
    const [one, two] = [await started(), await started()];

    expect(one.deployment.outputs).toEqual(two.deployment.outputs);
  });

  test('is as it was when it was deployed: what comes later is not in it', async () => {
    const { url } = await started({
      change: (template) => {
        const deployment = resource(template, 'Deployment') as { DependsOn?: string[] };
        deployment.DependsOn = deployment.DependsOn?.filter((id) => !id.startsWith('ApiorderslatestGET')) ?? [];
        // The order of a template is that of its making where nothing is said.
        const late = Object.keys(template.Resources).find((id) => id.startsWith('ApiorderslatestGET')) ?? '';
        const { [late]: method, ...rest } = template.Resources;
        template.Resources = { ...rest, ...(method === undefined ? {} : { [late]: method }) };
      },
    });

    expect((await fetch(`${url}/orders/latest`)).status).toBe(403);
    expect((await fetch(url)).status).toBe(200);
  });

  test('listens where it is told to', async () => {
    const first = await startAccount();
    const { port } = first.apiGateway;
    await first.close();

    const second = await startAccount({ apiPort: port });
    closing.push(second.close);

    expect(second.apiGateway.url).toBe(`http://127.0.0.1:${port}`);
  });

  test('names a port that is taken, and leaves nothing open', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    closing.push(() => new Promise((resolve) => other.close(() => resolve())));
    const { port } = other.address() as AddressInfo;

    await expect(startAccount({ apiPort: port })).rejects.toThrow(PortTaken);
    await expect(startAccount({ apiPort: port })).rejects.toThrow('give API Gateway another one');
  });
});

describe('what the local run does not know is refused with its place', () => {
  type Change = (properties: Record<string, unknown>) => void;
  const set =
    (values: object): Change =>
    (properties) =>
      void Object.assign(properties, values);
  const integration =
    (values: object): Change =>
    (properties) =>
      void Object.assign(properties.Integration as object, values);

  test.each<[string, string, Change, string]>([
    ['RestApi', 'an API from a document', set({ Body: {} }), 'does not know Body'],
    ['RestApi', 'binary media', set({ BinaryMediaTypes: ['*/*'] }), 'does not know BinaryMediaTypes'],
    ['RestApi', 'an edge', set({ EndpointConfiguration: { Types: ['EDGE'] } }), 'the endpoint configuration EDGE'],
    [
      'RestApi',
      'an edge that is not named',
      set({ EndpointConfiguration: undefined }),
      'the endpoint configuration EDGE',
    ],
    ['RestApi', 'an API without its address', set({ DisableExecuteApiEndpoint: true }), 'which is disabled'],
    ['Resource', 'a path part', set({ PathPart: 'a b' }), 'path part a b is not allowed'],
    ['Resource', 'a path that is there', set({ PathPart: 'files' }), '/files stands for the same paths as its sibling'],
    ['Method', 'a mock', integration({ Type: 'MOCK' }), 'integrations of the type MOCK'],
    ['Method', 'an HTTP integration', integration({ Type: 'HTTP_PROXY' }), 'integrations of the type HTTP_PROXY'],
    ['Method', 'templates', integration({ RequestTemplates: {} }), 'Integration with RequestTemplates'],
    ['Method', 'a call by GET', integration({ IntegrationHttpMethod: 'GET' }), 'Lambda integrations by GET'],
    ['Method', 'passthrough', integration({ PassthroughBehavior: 'NEVER' }), 'PassthroughBehavior NEVER'],
    ['Method', 'streaming', integration({ ResponseTransferMode: 'STREAM' }), 'ResponseTransferMode STREAM'],
    ['Method', 'a longer timeout', integration({ TimeoutInMillis: 30_000 }), 'TimeoutInMillis is 30000'],
    [
      'Method',
      'another service',
      integration({ Uri: 'arn:aws:apigateway:us-west-2:sqs:path/x' }),
      'the integration arn',
    ],
    [
      'Method',
      'a function that is not there',
      integration({
        Uri: 'arn:aws:apigateway:us-west-2:lambda:path/2015-03-31/functions/arn:aws:lambda:us-west-2:111122223333:function:nobody/invocations',
      }),
      'Function not found',
    ],
    ['Method', 'an authorizer', set({ AuthorizerId: 'x' }), 'does not know AuthorizerId'],
    ['Method', 'an authorization', set({ AuthorizationType: 'CUSTOM' }), 'authorization by CUSTOM'],
    ['Method', 'an API key', set({ ApiKeyRequired: true }), 'does not know API keys'],
    ['Method', 'a method', set({ HttpMethod: 'TRACE' }), 'the method TRACE'],
    ['Method', 'a place', set({ RequestParameters: { 'method.request.body.a': false } }), 'method.request.body.a'],
    [
      'Method',
      'a parameter that is text',
      set({ RequestParameters: { 'method.request.header.a': 'x' } }),
      'header.a: x',
    ],
    ['Method', 'a model that is not there', set({ RequestModels: { 'application/json': 'No' } }), 'model identifier'],
    ['Method', 'a validator that is not there', set({ RequestValidatorId: 'no' }), 'request validator identifier'],
    ['Model', 'XML', set({ ContentType: 'application/xml' }), 'models of application/xml'],
    ['Model', 'a schema', set({ Schema: { $ref: '#/nowhere' } }), "can't resolve reference #/nowhere"],
    ['Model', 'a name', set({ Name: 'my-order' }), 'Model name must be alphanumeric: my-order'],
    ['Deployment', 'a stage in a deployment', set({ StageName: 'x' }), 'does not know StageName'],
    ['Stage', 'a cache', set({ CacheClusterEnabled: true }), 'does not know CacheClusterEnabled'],
    ['Stage', 'a canary', set({ CanarySetting: {} }), 'does not know CanarySetting'],
    ['Stage', 'a name', set({ StageName: 'a.b' }), 'the stage name a.b'],
    [
      'Stage',
      'a log that is no log group',
      set({ AccessLogSetting: { DestinationArn: 'arn:aws:firehose:x', Format: 'y' } }),
      'access logs to arn:aws:firehose:x',
    ],
    [
      'Stage',
      'a log without ids',
      set({
        AccessLogSetting: { DestinationArn: 'arn:aws:logs:us-west-2:1:log-group:a:*', Format: '$context.status' },
      }),
      'Format must be one line with $context.requestId',
    ],
    [
      'Stage',
      'settings of some paths',
      set({ MethodSettings: [{ HttpMethod: '*', ResourcePath: '/~1orders', ThrottlingRateLimit: 1 }] }),
      'MethodSettings for * /~1orders',
    ],
    [
      'Stage',
      'caching',
      set({ MethodSettings: [{ HttpMethod: '*', ResourcePath: '/*', CachingEnabled: true }] }),
      'with CachingEnabled',
    ],
    ['GatewayResponse', 'a type', set({ ResponseType: 'TEAPOT' }), 'the response type TEAPOT'],
    ['GatewayResponse', 'a status', set({ StatusCode: '42' }), 'the status 42'],
    [
      'GatewayResponse',
      'two content types',
      set({ ResponseTemplates: { a: '', b: '' } }),
      'more than one content type',
    ],
    [
      'GatewayResponse',
      'a variable',
      set({ ResponseTemplates: { a: '$context.error.color' } }),
      '$context.error.color in a',
    ],
    [
      'GatewayResponse',
      'another variable',
      set({ ResponseTemplates: { a: '$stageVariables.a' } }),
      '$stageVariables.a in a',
    ],
    [
      'GatewayResponse',
      'a header from the request',
      set({ ResponseParameters: { 'gatewayresponse.header.A': 'method.request.header.A' } }),
      'the response parameter gatewayresponse.header.A: method.request.header.A',
    ],
  ])('%s: %s', async (type, _name, change, message) => {
    const deploying = started({ change: (template) => change(resource(template, type).Properties) });

    await expect(deploying).rejects.toMatchObject({
      name: 'UnknownInTemplate',
      message: expect.stringContaining(message),
    });
    await expect(deploying).rejects.toThrow(new RegExp(`^Shop/\\w+ \\(AWS::ApiGateway::${type}\\): `));
  });

  test.each(['UsagePlan', 'ApiKey', 'Authorizer', 'DomainName', 'VpcLink'])('AWS::ApiGateway::%s', async (type) => {
    const deploying = started({
      change: ({ Resources }) => {
        Resources.New = { Type: `AWS::ApiGateway::${type}`, Properties: {} };
      },
    });

    await expect(deploying).rejects.toThrow(
      `Shop/New (AWS::ApiGateway::${type}): the local run does not know this type`,
    );
  });

  test('two stages of a name, which one port could not tell apart', async () => {
    const deploying = started({
      change: ({ Resources }) => {
        const [stage] = Object.values(Resources).filter((each) => each.Type === 'AWS::ApiGateway::Stage');
        if (stage !== undefined) Resources.Second = structuredClone(stage);
      },
    });

    await expect(deploying).rejects.toThrow('the local run knows one stage of a name only; v1 is there already');
  });
});
