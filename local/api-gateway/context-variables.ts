import type { GatewayRefusal } from './refusal.ts';
import type { RequestContext } from './request-context.ts';

/** Variables of "Variables for access logging for API Gateway" that have a value here at times. */
const NAMES = [
  ...['accountId', 'apiId', 'deploymentId', 'domainName', 'domainPrefix', 'extendedRequestId', 'httpMethod', 'path'],
  ...['protocol', 'requestId', 'requestTime', 'requestTimeEpoch', 'resourceId', 'resourcePath', 'stage', 'status'],
  ...['responseLatency', 'responseLength', 'integrationErrorMessage', 'integrationLatency', 'integrationStatus'],
  ...['identity.accessKey', 'identity.accountId', 'identity.caller', 'identity.principalOrgId', 'identity.sourceIp'],
  ...['identity.user', 'identity.userAgent', 'identity.userArn', 'error.message', 'error.messageString'],
  ...['error.responseType', 'error.validationErrorString', 'awsEndpointRequestId', 'integration.error'],
  ...['integration.integrationStatus', 'integration.latency', 'integration.requestId', 'integration.status'],
] as const;

type Name = (typeof NAMES)[number];

/** Values by name without `$context.`; null where there is none. */
export type ContextVariables = Readonly<Record<Name, string | number | null>>;

/** How the function was called. */
export interface IntegrationFacts {
  /** What Lambda itself answered: 200, too, when the function failed. */
  readonly lambdaStatus: number | null;
  /** What the function gave as statusCode. */
  readonly functionStatus: number | null;
  readonly latencyMs: number;
  readonly requestId: string;
  readonly error: string | null;
}

/** What is known when a request was answered. `response` is absent while the answer is still being made. */
export interface RequestFacts {
  readonly context: RequestContext;
  readonly integration?: IntegrationFacts | undefined;
  readonly error?: GatewayRefusal | undefined;
  readonly response?: { readonly status: number; readonly length: number; readonly latencyMs: number };
}

/** The variables of a request; those of the response are null while the answer is still being made. */
export const contextVariables = ({ context, integration, error, response }: RequestFacts): ContextVariables => {
  const { identity, ...rest } = context;
  return {
    ...rest,
    'identity.accessKey': identity.accessKey,
    'identity.accountId': identity.accountId,
    'identity.caller': identity.caller,
    'identity.principalOrgId': identity.principalOrgId,
    'identity.sourceIp': identity.sourceIp,
    'identity.user': identity.user,
    'identity.userAgent': identity.userAgent,
    'identity.userArn': identity.userArn,
    status: response?.status ?? null,
    responseLength: response?.length ?? null,
    responseLatency: response?.latencyMs ?? null,
    ...errorVariables(error),
    ...integrationVariables(integration),
  };
};

const errorVariables = (error: GatewayRefusal | undefined) => ({
  'error.message': error?.message ?? null,
  'error.messageString': error === undefined ? null : JSON.stringify(error.message),
  'error.responseType': error?.responseType ?? null,
  'error.validationErrorString': error?.validation ?? null,
});

const integrationVariables = (facts: IntegrationFacts | undefined) => {
  const { requestId, latencyMs, lambdaStatus, functionStatus, error } = facts ?? NOT_CALLED;
  return {
    awsEndpointRequestId: requestId,
    'integration.requestId': requestId,
    integrationLatency: latencyMs,
    'integration.latency': latencyMs,
    // "For Lambda proxy integration, the status code returned from AWS Lambda, not from the backend Lambda function
    // code".
    integrationStatus: lambdaStatus,
    'integration.integrationStatus': lambdaStatus,
    // "For Lambda proxy integrations, this is the status code that your Lambda function code returns".
    'integration.status': functionStatus,
    integrationErrorMessage: error,
    'integration.error': error,
  };
};

const NOT_CALLED = { requestId: null, latencyMs: null, lambdaStatus: null, functionStatus: null, error: null };

const VARIABLE = /\$context((?:\.\w+)+)/g;

/** True for `$context.requestId` and all others that can have a value here. */
export const isContextVariable = (expression: string): boolean =>
  NAMES.some((name) => `$context.${name}` === expression);

/**
 * Replaces every `$context` variable by its value, or by `absent`. Values are escaped as in a JSON text, as answers of
 * the service with quotation marks in `validationErrorString` show; `error.messageString` brings its own marks.
 */
export const substitute = (template: string, variables: ContextVariables, absent: string): string =>
  template.replace(VARIABLE, (_whole, path: string) => {
    const name = path.slice(1);
    const value = isName(name) ? variables[name] : null;
    if (value === null) return absent;
    return name === 'error.messageString' ? String(value) : JSON.stringify(String(value)).slice(1, -1);
  });

const isName = (name: string): name is Name => NAMES.some((each) => each === name);
