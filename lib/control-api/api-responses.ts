import { ResponseType, type RestApi } from 'aws-cdk-lib/aws-apigateway';

interface Refusal {
  readonly type: ResponseType;
  /** Undefined where API Gateway decides. */
  readonly status?: number;
  readonly title: string;
  /** Instead of API Gateway's own words, which may repeat what was signed. */
  readonly detail?: string;
}

/** What API Gateway refuses by itself ("Gateway response types"); 413 is its own and cannot be changed. */
const REFUSALS: readonly Refusal[] = [
  { type: ResponseType.BAD_REQUEST_PARAMETERS, status: 400, title: 'The request is wrong' },
  { type: ResponseType.BAD_REQUEST_BODY, status: 400, title: 'The request is wrong' },
  { type: ResponseType.UNAUTHORIZED, status: 401, title: 'Not signed' },
  { type: ResponseType.ACCESS_DENIED, status: 403, title: 'Not allowed' },
  { type: ResponseType.EXPIRED_TOKEN, status: 403, title: 'The credentials have expired' },
  {
    type: ResponseType.INVALID_SIGNATURE,
    status: 403,
    title: 'The signature is wrong',
    detail: 'The signature does not match: look at the secret access key, the Region, and the clock of the caller',
  },
  {
    type: ResponseType.MISSING_AUTHENTICATION_TOKEN,
    status: 403,
    title: 'Not signed, or there is no such call',
    detail: 'Sign with AWS Signature Version 4 for execute-api, and compare method and path with /v1/openapi.json',
  },
  { type: ResponseType.WAF_FILTERED, status: 403, title: 'Refused by the web ACL' },
  { type: ResponseType.RESOURCE_NOT_FOUND, status: 404, title: 'Not found' },
  { type: ResponseType.UNSUPPORTED_MEDIA_TYPE, status: 415, title: 'The body is no JSON' },
  { type: ResponseType.THROTTLED, status: 429, title: 'Too many requests' },
  { type: ResponseType.QUOTA_EXCEEDED, status: 429, title: 'Too many requests' },
  { type: ResponseType.INTEGRATION_FAILURE, status: 502, title: 'The function behind this call failed' },
  { type: ResponseType.INTEGRATION_TIMEOUT, status: 504, title: 'No answer in time' },
  { type: ResponseType.DEFAULT_4XX, title: 'The request is refused' },
  { type: ResponseType.DEFAULT_5XX, title: 'Something went wrong' },
];

/** Lets API Gateway refuse in the form of every other refusal: problem+json with the request's id. */
export function addProblemResponses(api: RestApi): void {
  for (const refusal of REFUSALS) {
    const { type, status } = refusal;
    api.addGatewayResponse(`Problem${type.responseType}`, {
      type,
      ...(status !== undefined && { statusCode: String(status) }),
      responseHeaders: {
        'Content-Type': "'application/problem+json'",
        ...(status === 429 && { 'Retry-After': "'1'" }),
      },
      templates: { 'application/json': template(refusal) },
    });
  }
}

const template = ({ status, title, detail }: Refusal): string =>
  [
    '{"type":"urn:databricks-security-automation:problem:$context.error.responseType"',
    `"title":${JSON.stringify(title)}`,
    ...(status === undefined ? [] : [`"status":${status}`]),
    `"detail":${detail === undefined ? '$context.error.messageString' : JSON.stringify(detail)}`,
    '"requestId":"$context.requestId"}',
  ].join(',');
