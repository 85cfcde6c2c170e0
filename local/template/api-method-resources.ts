import type { RequestParameter } from '../api-gateway/definition.ts';
import { requestParameter } from '../api-gateway/rest-api.ts';
import { optionalCount, optionalText, type Request, text } from '../aws/actions.ts';
import type { LocalAccount } from '../aws/local-account.ts';
import { ownId } from './api-resources.ts';
import { onlyKnown, part, type ResourceHandler, type TemplateResource, textsOf, whereIs } from './resource.ts';
import { UnknownInTemplate } from './unknown-template.ts';

const METHOD_HEEDED = [
  ...['RestApiId', 'ResourceId', 'HttpMethod', 'AuthorizationType', 'ApiKeyRequired', 'Integration'],
  ...['RequestModels', 'RequestParameters', 'RequestValidatorId'],
];
/** With a proxy integration, "you do not configure the method response or integration response at all". */
const METHOD_IDLE = ['OperationName', 'MethodResponses'];

const METHODS: readonly string[] = ['ANY', 'DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT'];

/** AWS::ApiGateway::Method with a Lambda proxy integration, for everybody or for callers who sign. */
export const apiMethod =
  (account: LocalAccount): ResourceHandler =>
  (resource) => {
    onlyKnown(resource, { heeded: METHOD_HEEDED, idle: METHOD_IDLE });
    const { properties } = resource;
    if (properties.ApiKeyRequired === true) throw unknown(resource, 'API keys');
    const httpMethod = text(properties, 'HttpMethod');
    if (!METHODS.includes(httpMethod)) throw unknown(resource, `the method ${httpMethod}`);
    const authorization = text(properties, 'AuthorizationType');
    if (authorization !== 'AWS_IAM' && authorization !== 'NONE')
      throw unknown(resource, `authorization by ${authorization}`);
    account.apiGateway.restApi(text(properties, 'RestApiId')).addMethod({
      resourceId: text(properties, 'ResourceId'),
      httpMethod,
      authorization,
      ...integrationOf(account, resource),
      modelNames: textsOf(resource, 'RequestModels'),
      required: requiredParameters(resource),
      validatorId: optionalText(properties, 'RequestValidatorId'),
    });
    return { ref: ownId(resource, 12), attributes: {} };
  };

const unknown = (resource: TemplateResource, what: string): UnknownInTemplate =>
  new UnknownInTemplate(whereIs(resource), `the local run does not know ${what}`);

/**
 * The parameters whose value is true; all are looked at, so that a strange one is refused even when it may be absent.
 */
const requiredParameters = (resource: TemplateResource): readonly RequestParameter[] =>
  Object.entries(part(resource, 'RequestParameters')).flatMap(([expression, wanted]) => {
    const parameter = requestParameter(expression);
    if (typeof wanted !== 'boolean') throw unknown(resource, `RequestParameters with ${expression}: ${String(wanted)}`);
    return wanted ? [parameter] : [];
  });

const INTEGRATION_HEEDED = [
  ...['Type', 'IntegrationHttpMethod', 'Uri', 'TimeoutInMillis', 'PassthroughBehavior', 'ResponseTransferMode'],
];
/** The role or permission by which API Gateway calls the function; answers of the function need no mapping. */
const INTEGRATION_IDLE = ['Credentials', 'IntegrationResponses'];

const FUNCTION_URI = /^arn:[^:]+:apigateway:[^:]+:lambda:path\/2015-03-31\/functions\/(arn:[^/]+)\/invocations$/;

const integrationOf = (
  account: LocalAccount,
  resource: TemplateResource,
): { readonly functionArn: string; readonly timeoutMs: number } => {
  const integration = part(resource, 'Integration');
  const known = [...INTEGRATION_HEEDED, ...INTEGRATION_IDLE];
  const strange = Object.keys(integration).filter((key) => !known.includes(key));
  if (strange.length > 0) throw unknown(resource, `Integration with ${strange.join(', ')}`);
  requireProxy(resource, integration);
  const uri = text(integration, 'Uri');
  const functionArn = FUNCTION_URI.exec(uri)?.[1];
  if (functionArn === undefined) throw unknown(resource, `the integration ${uri}`);
  account.functions.find(functionArn);
  // 29 seconds; a Regional API may have more for the asking, which the quotas call an increase.
  const timeout = optionalCount(integration, 'TimeoutInMillis', { least: 50, most: 29_000 });
  return { functionArn, timeoutMs: timeout ?? 29_000 };
};

const requireProxy = (resource: TemplateResource, integration: Request): void => {
  const type = text(integration, 'Type');
  if (type !== 'AWS_PROXY') throw unknown(resource, `integrations of the type ${type}`);
  const method = optionalText(integration, 'IntegrationHttpMethod');
  // "For Lambda integrations, you must use the HTTP method of POST for the integration request".
  if (method !== 'POST') throw unknown(resource, `Lambda integrations by ${method}`);
  const passthrough = optionalText(integration, 'PassthroughBehavior') ?? 'WHEN_NO_MATCH';
  // "You do not have the option to modify the passthrough behaviors" of proxy integrations.
  if (passthrough !== 'WHEN_NO_MATCH')
    throw unknown(resource, `PassthroughBehavior ${passthrough} of a proxy integration`);
  const transfer = optionalText(integration, 'ResponseTransferMode') ?? 'BUFFERED';
  if (transfer !== 'BUFFERED') throw unknown(resource, `ResponseTransferMode ${transfer}`);
};

/** AWS::ApiGateway::Model of JSON: its schema is compiled, so that what is wrong with it is told at once. */
export const apiModel =
  (account: LocalAccount): ResourceHandler =>
  (resource) => {
    onlyKnown(resource, { heeded: ['RestApiId', 'Name', 'ContentType', 'Schema'], idle: ['Description'] });
    const { properties } = resource;
    const contentType = optionalText(properties, 'ContentType') ?? 'application/json';
    if (contentType !== 'application/json') throw unknown(resource, `models of ${contentType}`);
    const name = optionalText(properties, 'Name') ?? ownId(resource, 12);
    account.apiGateway.restApi(text(properties, 'RestApiId')).addModel(name, properties.Schema);
    return { ref: name, attributes: {} };
  };

/** AWS::ApiGateway::RequestValidator. */
export const apiValidator =
  (account: LocalAccount): ResourceHandler =>
  (resource) => {
    const heeded = ['RestApiId', 'ValidateRequestBody', 'ValidateRequestParameters'];
    onlyKnown(resource, { heeded, idle: ['Name'] });
    const { properties } = resource;
    const id = ownId(resource, 6);
    account.apiGateway.restApi(text(properties, 'RestApiId')).addValidator(id, {
      body: properties.ValidateRequestBody === true,
      parameters: properties.ValidateRequestParameters === true,
    });
    return { ref: id, attributes: { RequestValidatorId: id } };
  };
