import { join } from 'node:path';
import { App, Duration, Stack } from 'aws-cdk-lib';
import {
  AccessLogFormat,
  AuthorizationType,
  type CfnRestApi,
  EndpointType,
  type IModel,
  JsonSchemaType,
  JsonSchemaVersion,
  LambdaIntegration,
  LogGroupLogDestination,
  type MethodOptions,
  type RequestValidator,
  ResponseType,
  RestApi,
} from 'aws-cdk-lib/aws-apigateway';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { CfnWebACLAssociation } from 'aws-cdk-lib/aws-wafv2';

export const ACCESS_LOG = 'api-access';

const context = (name: string): string => `$context.${name}`;

const FORMAT = {
  id: context('requestId'),
  extended: context('extendedRequestId'),
  caller: context('identity.userArn'),
  agent: context('identity.userAgent'),
  method: context('httpMethod'),
  path: context('resourcePath'),
  status: context('status'),
  length: context('responseLength'),
  function: context('integration.status'),
  lambda: context('integrationStatus'),
  error: context('integrationErrorMessage'),
  type: context('error.responseType'),
  validation: context('error.validationErrorString'),
  stranger: context('authorizer.principalId'),
};

/** Synthesizes an app with a REST API, as CDK makes it, into a folder. */
export const synthesizeShop = (outdir: string): void => {
  const app = new App({ outdir, analyticsReporting: false, builtinCloudFormationValidation: false });
  const stack = new Stack(app, 'Shop');
  const functionOf = (handler: string, reserved?: number) =>
    new LambdaIntegration(
      new LambdaFunction(stack, handler + (reserved ?? ''), {
        runtime: Runtime.NODEJS_24_X,
        handler: `index.${handler}`,
        timeout: Duration.minutes(5),
        code: Code.fromAsset(join(import.meta.dirname, 'fixtures/functions')),
        ...(reserved === undefined ? {} : { reservedConcurrentExecutions: reserved }),
      }),
    );
  const echo = functionOf('echo');
  const api = new RestApi(stack, 'Api', {
    endpointTypes: [EndpointType.REGIONAL],
    cloudWatchRole: true,
    deployOptions: {
      stageName: 'v1',
      tracingEnabled: true,
      throttlingRateLimit: 100,
      throttlingBurstLimit: 50,
      methodOptions: { '/orders/latest/GET': { throttlingRateLimit: 0.5, throttlingBurstLimit: 2 } },
      variables: { color: 'green' },
      accessLogDestination: new LogGroupLogDestination(new LogGroup(stack, 'Access', { logGroupName: ACCESS_LOG })),
      accessLogFormat: AccessLogFormat.custom(JSON.stringify(FORMAT)),
    },
  });
  api.root.addMethod('GET', echo);
  addOrders(api, echo);
  api.root.addResource('files').addResource('{proxy+}').addMethod('ANY', echo);
  const open = api.root.addResource('open');
  open.addResource('answer').addMethod('GET', functionOf('answer'));
  open.addResource('fail').addMethod('GET', functionOf('fail'));
  open.addResource('pause').addMethod('GET', functionOf('pause'));
  open.addResource('busy').addMethod('GET', functionOf('echo', 0));
  addResponses(api);
  new CfnWebACLAssociation(stack, 'Firewall', {
    resourceArn: api.deploymentStage.stageArn,
    webAclArn: 'arn:aws:wafv2:us-west-2:111122223333:regional/webacl/acl/1',
  });
  // What CDK itself has no property for.
  (api.node.defaultChild as CfnRestApi).policy = { Version: '2012-10-17', Statement: [] };
  app.synth();
};

const addOrders = (api: RestApi, echo: LambdaIntegration): void => {
  const signed: MethodOptions = { authorizationType: AuthorizationType.IAM };
  const requestValidator = api.addRequestValidator('Validator', {
    validateRequestBody: true,
    validateRequestParameters: true,
  });
  const checked = { requestValidator, requestModels: { 'application/json': orderModel(api) } };
  const orders = api.root.addResource('orders');
  orders.addMethod('PUT', echo, checked);
  orders.addMethod('POST', echo, {
    ...signed,
    ...checked,
    requestParameters: {
      'method.request.header.X-Trace': true,
      'method.request.querystring.dry': true,
      'method.request.querystring.limit': false,
    },
  });
  const order = orders.addResource('{id}');
  order.addMethod('GET', echo, signed);
  order.addMethod('DELETE', echo);
  orders.addResource('latest').addMethod('GET', echo);
  addLoose(api, echo, requestValidator);
};

/** A method whose one model holds for every content type. */
const addLoose = (api: RestApi, echo: LambdaIntegration, requestValidator: RequestValidator): void => {
  const any = api.addModel('Anything', {
    modelName: 'Anything',
    schema: { schema: JsonSchemaVersion.DRAFT4, type: JsonSchemaType.ARRAY },
  });
  api.root.addResource('loose').addMethod('POST', echo, { requestValidator, requestModels: { $default: any } });
};

const orderModel = (api: RestApi): IModel =>
  api.addModel('Order', {
    modelName: 'Order',
    contentType: 'application/json',
    schema: {
      schema: JsonSchemaVersion.DRAFT4,
      type: JsonSchemaType.OBJECT,
      definitions: { name: { type: JsonSchemaType.STRING, pattern: '^[a-z]+$', maxLength: 5 } },
      properties: {
        name: { ref: '#/definitions/name' },
        count: { type: JsonSchemaType.INTEGER, minimum: 1, maximum: 10 },
        kinds: {
          type: JsonSchemaType.ARRAY,
          items: { type: JsonSchemaType.STRING, enum: ['a', 'b'] },
          minItems: 1,
          uniqueItems: true,
        },
      },
      required: ['name', 'count'],
      additionalProperties: false,
    },
  });

const addResponses = (api: RestApi): void => {
  api.addGatewayResponse('BadBody', {
    type: ResponseType.BAD_REQUEST_BODY,
    statusCode: '422',
    responseHeaders: { 'X-Why': "'model'" },
    templates: {
      'application/problem+json':
        '{"title":$context.error.messageString,"detail":"$context.error.validationErrorString","type":"$context.error.responseType","id":"$context.requestId"}',
    },
  });
  api.addGatewayResponse('TooLarge', { type: ResponseType.REQUEST_TOO_LARGE, templates: { 'application/json': '{}' } });
  api.addGatewayResponse('Broken', {
    type: ResponseType.DEFAULT_5XX,
    templates: { 'application/json': '{"broken":"$context.error.responseType"}' },
  });
};
