import type { ResponseType } from './gateway-response.ts';

interface RefusalKind {
  readonly responseType: ResponseType;
  readonly status: number;
  /** What `x-amzn-ErrorType` says. */
  readonly errorType: string;
}

/**
 * Every way in which API Gateway itself answers instead of the function. Types and statuses are those of "Gateway
 * response types for API Gateway", and of Lambda's "Error handling with an API Gateway API" for 500 and 502; error
 * types, and DEFAULT_4XX for what no documented type names, are known from public answers and access logs of the
 * service.
 */
const KINDS = {
  missingAuthenticationToken: kind('MISSING_AUTHENTICATION_TOKEN', 403, 'MissingAuthenticationTokenException'),
  incompleteSignature: kind('DEFAULT_4XX', 403, 'IncompleteSignatureException'),
  invalidSignature: kind('INVALID_SIGNATURE', 403, 'InvalidSignatureException'),
  unrecognizedClient: kind('DEFAULT_4XX', 403, 'UnrecognizedClientException'),
  throttled: kind('THROTTLED', 429, 'TooManyRequestsException'),
  badParameters: kind('BAD_REQUEST_PARAMETERS', 400, 'BadRequestException'),
  badBody: kind('BAD_REQUEST_BODY', 400, 'BadRequestException'),
  /** "If the Lambda API rejects the invocation request, API Gateway returns a 500 error code". */
  notInvoked: kind('INTEGRATION_FAILURE', 500, 'InternalServerErrorException'),
  /** "If the function runs but returns an error, or returns a response in the wrong format, ... a 502 error code". */
  functionFailed: kind('INTEGRATION_FAILURE', 502, 'InternalServerErrorException'),
  malformedAnswer: kind('DEFAULT_5XX', 502, 'InternalServerErrorException'),
  timedOut: kind('INTEGRATION_TIMEOUT', 504, 'InternalServerErrorException'),
} as const satisfies Readonly<Record<string, RefusalKind>>;

function kind(responseType: ResponseType, status: number, errorType: string): RefusalKind {
  return { responseType, status, errorType };
}

/** A request that API Gateway answers by itself, as a gateway response. The message goes to the caller. */
export class GatewayRefusal extends Error {
  override readonly name = 'GatewayRefusal';
  readonly responseType: ResponseType;
  readonly status: number;
  readonly errorType: string;
  /** For `$context.error.validationErrorString`. */
  readonly validation: string | undefined;

  constructor(kindName: keyof typeof KINDS, message: string, details: { readonly validation?: string } = {}) {
    super(message);
    const { responseType, status, errorType } = KINDS[kindName];
    this.responseType = responseType;
    this.status = status;
    this.errorType = errorType;
    this.validation = details.validation;
  }
}
