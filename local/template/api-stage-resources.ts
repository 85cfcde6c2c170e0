import type { Limit } from '../api-gateway/definition.ts';
import * as responses from '../api-gateway/gateway-response.ts';
import { isRecord, objects, optionalText, type Request, text } from '../aws/actions.ts';
import { urlSuffix } from '../aws/home.ts';
import type { LocalAccount } from '../aws/local-account.ts';
import { ownId } from './api-resources.ts';
import { onlyKnown, type ResourceHandler, type TemplateResource, textsOf, whereIs } from './resource.ts';
import { UnknownInTemplate } from './unknown-template.ts';

/** A stage of a REST API as it can be called here. */
export interface DeployedApi {
  readonly restApiId: string;
  readonly stage: string;
  /** `http://127.0.0.1:4568/v1`, without a slash at the end. */
  readonly url: string;
  /** What a template's outputs say instead: `https://te6si5ach7.execute-api.us-west-2.amazonaws.com/v1`. */
  readonly awsUrl: string;
}

const STAGE_HEEDED = ['RestApiId', 'DeploymentId', 'StageName', 'AccessLogSetting', 'MethodSettings', 'Variables'];

/** AWS::ApiGateway::Stage: opens the deployment to callers. Caches, canaries and client certificates are refused. */
export const apiStage =
  (account: LocalAccount, add: (api: DeployedApi) => void): ResourceHandler =>
  (resource) => {
    onlyKnown(resource, { heeded: STAGE_HEEDED, idle: ['Description', 'TracingEnabled', 'Tags'] });
    const { properties, home } = resource;
    const restApiId = text(properties, 'RestApiId');
    const stage = text(properties, 'StageName');
    // "Stage names can only contain alphanumeric characters, hyphens, and underscores. Maximum length is 128
    // characters."
    if (!/^[\w-]{1,128}$/.test(stage)) throw new UnknownInTemplate(whereIs(resource), `the stage name ${stage}`);
    const url = account.apiGateway.createStage({
      apiId: restApiId,
      name: stage,
      deployment: account.apiGateway.restApi(restApiId).deployment(text(properties, 'DeploymentId')),
      accessLog: accessLogOf(resource),
      variables: textsOf(resource, 'Variables'),
      ...limitsOf(resource),
    });
    const awsUrl = `https://${restApiId}.execute-api.${home.region}.${urlSuffix(home)}/${stage}`;
    add({ restApiId, stage, url, awsUrl });
    return { ref: stage, attributes: {} };
  };

const unknown = (resource: TemplateResource, what: string): UnknownInTemplate =>
  new UnknownInTemplate(whereIs(resource), `the local run does not know ${what}`);

const accessLogOf = (resource: TemplateResource): { readonly group: string; readonly format: string } | undefined => {
  const setting = resource.properties.AccessLogSetting;
  if (!isRecord(setting)) return undefined;
  const destination = text(setting, 'DestinationArn');
  const group = /^arn:[^:]+:logs:[^:]*:\d*:log-group:([^:]+)(?::\*)?$/.exec(destination)?.[1];
  if (group === undefined) throw unknown(resource, `access logs to ${destination}`);
  const format = text(setting, 'Format');
  // "The access log format must include at least $context.requestId or $context.extendedRequestId", in one line.
  if (!/\$context\.(requestId|extendedRequestId)\b/.test(format) || /[\r\n]/.test(format)) {
    const told = 'AccessLogSetting: Format must be one line with $context.requestId or $context.extendedRequestId';
    throw new UnknownInTemplate(whereIs(resource), told);
  }
  return { group, format };
};

const SETTING_HEEDED = ['HttpMethod', 'ResourcePath', 'ThrottlingRateLimit', 'ThrottlingBurstLimit'];
/** Execution logs and metrics, of which the local run has none. */
const SETTING_IDLE = ['LoggingLevel', 'DataTraceEnabled', 'MetricsEnabled'];

/** The limits of an account, which hold where a stage gives one of the two only. */
const ACCOUNT_LIMIT: Limit = { rate: 10_000, burst: 5_000 };

const limitsOf = (
  resource: TemplateResource,
): { readonly limit: Limit | undefined; readonly limits: ReadonlyMap<string, Limit> } => {
  const limits = new Map<string, Limit>();
  for (const setting of objects(resource.properties, 'MethodSettings')) {
    const known = [...SETTING_HEEDED, ...SETTING_IDLE];
    const strange = Object.keys(setting).filter((key) => !known.includes(key));
    if (strange.length > 0) throw unknown(resource, `MethodSettings with ${strange.join(', ')}`);
    const limit = limitOf(resource, setting);
    if (limit !== undefined) limits.set(methodOf(resource, setting), limit);
  }
  return { limit: limits.get(EVERY), limits };
};

const EVERY = '* /*';

/** `GET /operations/{id}` for the path `/~1operations~1{id}`. */
const methodOf = (resource: TemplateResource, setting: Request): string => {
  const [method, path] = [text(setting, 'HttpMethod'), text(setting, 'ResourcePath')];
  const name = `${method} ${path}`;
  if (name === EVERY) return EVERY;
  if (method === '*' || path.includes('*')) throw unknown(resource, `MethodSettings for ${name}`);
  return `${method} ${path.slice(1).replaceAll('~1', '/')}`;
};

const limitOf = (resource: TemplateResource, setting: Request): Limit | undefined => {
  const [rate, burst] = [setting.ThrottlingRateLimit, setting.ThrottlingBurstLimit].map((given) =>
    given === undefined ? undefined : Number(given),
  );
  if (rate === undefined && burst === undefined) return undefined;
  const limit = { rate: rate ?? ACCOUNT_LIMIT.rate, burst: burst ?? ACCOUNT_LIMIT.burst };
  if (limit.rate >= 0 && limit.burst >= 0) return limit;
  throw unknown(
    resource,
    `throttling with ${String(setting.ThrottlingRateLimit)}, ${String(setting.ThrottlingBurstLimit)}`,
  );
};

/**
 * AWS::ApiGateway::GatewayResponse with texts and `$context` variables. One for REQUEST_TOO_LARGE is taken and has no
 * effect, because API Gateway documents so.
 */
export const gatewayResponse =
  (account: LocalAccount): ResourceHandler =>
  (resource) => {
    const heeded = ['RestApiId', 'ResponseType', 'StatusCode', 'ResponseParameters', 'ResponseTemplates'];
    onlyKnown(resource, { heeded });
    const { properties } = resource;
    const response = responses.gatewayResponse({
      status: optionalText(properties, 'StatusCode'),
      parameters: textsOf(resource, 'ResponseParameters'),
      templates: textsOf(resource, 'ResponseTemplates'),
    });
    const type = responses.responseType(text(properties, 'ResponseType'));
    account.apiGateway.restApi(text(properties, 'RestApiId')).setResponse(type, response);
    const id = ownId(resource, 10);
    return { ref: id, attributes: { Id: id } };
  };
