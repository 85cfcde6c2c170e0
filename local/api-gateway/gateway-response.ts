import { AwsError } from '../aws/service.ts';
import { type ContextVariables, isContextVariable, substitute } from './context-variables.ts';
import type { GatewayAnswer } from './gateway-answer.ts';
import type { GatewayRefusal } from './refusal.ts';

/** Types of the API reference ("GatewayResponse"). */
const RESPONSE_TYPES = [
  ...['DEFAULT_4XX', 'DEFAULT_5XX', 'RESOURCE_NOT_FOUND', 'UNAUTHORIZED', 'INVALID_API_KEY', 'ACCESS_DENIED'],
  ...['AUTHORIZER_FAILURE', 'AUTHORIZER_CONFIGURATION_ERROR', 'INVALID_SIGNATURE', 'EXPIRED_TOKEN'],
  ...['MISSING_AUTHENTICATION_TOKEN', 'INTEGRATION_FAILURE', 'INTEGRATION_TIMEOUT', 'API_CONFIGURATION_ERROR'],
  ...['UNSUPPORTED_MEDIA_TYPE', 'BAD_REQUEST_PARAMETERS', 'BAD_REQUEST_BODY', 'REQUEST_TOO_LARGE', 'THROTTLED'],
  ...['QUOTA_EXCEEDED', 'WAF_FILTERED'],
] as const;

/** What an answer of API Gateway itself is about. */
export type ResponseType = (typeof RESPONSE_TYPES)[number];

/** How an API answers by itself. */
export interface GatewayResponse {
  /** Undefined leaves the status that belongs to the error. */
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly contentType: string;
  readonly template: string;
}

const USUAL: GatewayResponse = {
  status: undefined,
  headers: {},
  contentType: 'application/json',
  template: '{"message":$context.error.messageString}',
};

/** Throws AwsError for a type that API Gateway does not have. */
export const responseType = (given: string): ResponseType => {
  const type = RESPONSE_TYPES.find((each) => each === given);
  if (type !== undefined) return type;
  throw new AwsError('BadRequestException', `the local run does not know the response type ${given}`);
};

/**
 * Makes a gateway response of what a template says. Throws AwsError for parts that are documented and that the local
 * run does not know: several content types, values from requests and stage variables, unknown `$context` variables.
 */
export const gatewayResponse = (given: {
  readonly status?: string | undefined;
  /** By `gatewayresponse.header.NAME`, each a text in single quotes. */
  readonly parameters: Readonly<Record<string, string>>;
  /** By content type. */
  readonly templates: Readonly<Record<string, string>>;
}): GatewayResponse => {
  const templates = Object.entries(given.templates);
  const [contentType, template] = templates[0] ?? [USUAL.contentType, USUAL.template];
  if (templates.length > 1) throw refused(`gateway responses of more than one content type`);
  const strange = [...template.matchAll(/\$\w+(?:\.\w+)*/g)]
    .map(([name]) => name)
    .find((name) => !isContextVariable(name));
  if (strange !== undefined) throw refused(`${strange} in a gateway response`);
  if (given.status !== undefined && !/^[1-5]\d\d$/.test(given.status)) throw refused(`the status ${given.status}`);
  return {
    status: given.status === undefined ? undefined : Number(given.status),
    headers: Object.fromEntries(Object.entries(given.parameters).map(staticHeader)),
    contentType,
    template,
  };
};

const refused = (what: string): AwsError => new AwsError('BadRequestException', `the local run does not know ${what}`);

const staticHeader = ([parameter, value]: readonly [string, string]): readonly [string, string] => {
  const name = /^gatewayresponse\.header\.([\w-]+)$/.exec(parameter)?.[1];
  const text = /^'(.*)'$/.exec(value)?.[1];
  if (name === undefined || text === undefined) throw refused(`the response parameter ${parameter}: ${value}`);
  return [name, text];
};

/** The response for a refusal: the one of its own type, else that of its hundred, else API Gateway's own. */
export const chosenResponse = (
  refusal: GatewayRefusal,
  responses: ReadonlyMap<ResponseType, GatewayResponse>,
): GatewayResponse =>
  responses.get(refusal.responseType) ?? responses.get(refusal.status < 500 ? 'DEFAULT_4XX' : 'DEFAULT_5XX') ?? USUAL;

/**
 * Renders a gateway response. `x-amzn-ErrorType` names the error, whatever the template does with it; a header of the
 * API comes instead of one of the same name.
 */
export const gatewayAnswer = (
  refusal: GatewayRefusal,
  response: GatewayResponse,
  variables: ContextVariables,
): GatewayAnswer => {
  const given = Object.entries(response.headers);
  const usual = [
    ['Content-Type', response.contentType],
    ['x-amzn-ErrorType', refusal.errorType],
  ] as const;
  const left = usual.filter(([name]) => !given.some(([other]) => other.toLowerCase() === name.toLowerCase()));
  return {
    status: response.status ?? refusal.status,
    headers: [...left, ...given],
    body: substitute(response.template, variables, ''),
  };
};
