import { describe, expect, test } from '@jest/globals';
import { FAILURE } from '../../lambda/contract/failures.ts';
import { parseRefusal } from '../../lambda/databricks/refusal.ts';
import { failureOf } from '../../lambda/databricks/refusal-failure.ts';

const parse = (status: number, body: string, location?: string) => parseRefusal({ status, body, location });

describe('parseRefusal', () => {
  test.each([
    [
      'error_code as text',
      '{"error_code":"BAD_REQUEST","message":"Request is invalid."}',
      'BAD_REQUEST',
      'Request is invalid.',
    ],
    [
      'error_code as number',
      '{"error_code":500,"message":"Cluster abc does not exist"}',
      '500',
      'Cluster abc does not exist',
    ],
    [
      'code inside message',
      '{"message":"MALFORMED_REQUEST: Missing required parameters: use_cases"}',
      'MALFORMED_REQUEST',
      'Missing required parameters: use_cases',
    ],
    [
      'code in plain text',
      'MALFORMED_REQUEST: vpc_endpoints malformed',
      'MALFORMED_REQUEST',
      'vpc_endpoints malformed',
    ],
    ['message alone', '{"message":"Invalid endpoint"}', undefined, 'Invalid endpoint'],
    ['API 1.2', '{"error":"Unknown worker environment: x"}', undefined, 'Unknown worker environment: x'],
    [
      'SCIM',
      '{"detail":"User not found","status":"404","scimType":"invalidValue"}',
      'SCIM_404',
      'invalidValue User not found',
    ],
    ['SCIM without words', '{"detail":"null","status":500}', 'SCIM_500', 'SCIM API Internal Error'],
    [
      'OAuth',
      '{"error":"invalid_client","error_description":"Client authentication failed"}',
      'invalid_client',
      'Client authentication failed',
    ],
    ['OAuth without words', '{"error":"invalid_client"}', 'invalid_client', ''],
    [
      'HTML with pre',
      "<html><body><pre> No API found for 'GET /x'. </pre></body></html>",
      undefined,
      "No API found for 'GET /x'",
    ],
    ['HTML without pre', '<html><title>502 Bad Gateway</title><body>x</body></html>', undefined, '502 Bad Gateway'],
    ['JSON text', '"PERMISSION_DENIED: no"', 'PERMISSION_DENIED', 'no'],
    ['JSON number', '12', undefined, ''],
    ['JSON null', 'null', undefined, ''],
    ['JSON of another kind', '{"x":1}', undefined, ''],
    ['nothing', '', undefined, ''],
    ['error_code without message', '{"error_code":"NOT_FOUND"}', 'NOT_FOUND', ''],
  ])('reads %s', (_form, body, code, message) => {
    const refusal = parse(400, body);
    expect(refusal.code).toBe(code);
    expect(refusal.message).toBe(message);
  });

  test('reads the PrivateLink redirect as a refusal of its own', () => {
    const refusal = parse(302, '', '/login.html?error=private-link-validation-error:123');
    expect(refusal.code).toBe('PRIVATE_LINK_VALIDATION_ERROR');
    expect(failureOf(refusal)).toBe(FAILURE.databricksPermissionDenied);
  });

  test('tells where another redirect leads by host only', () => {
    expect(parse(302, 'x', 'https://login.example.com/a?state=secret').message).toBe('redirect to login.example.com');
    expect(parse(302, 'x', '/login.html?state=secret').message).toBe('redirect');
  });
});

describe('failureOf', () => {
  test.each([
    [401, '{"error_code":"UNAUTHORIZED","message":"x"}', FAILURE.databricksUnauthenticated],
    [401, '', FAILURE.databricksUnauthenticated],
    [400, '{"error":"invalid_client","error_description":"x"}', FAILURE.databricksUnauthenticated],
    [403, '{"error_code":"403","message":"Invalid access token."}', FAILURE.databricksUnauthenticated],
    [403, '', FAILURE.databricksPermissionDenied],
    [400, '{"error_code":"PERMISSION_DENIED","message":"x"}', FAILURE.databricksPermissionDenied],
    [404, '', FAILURE.databricksNotFound],
    [400, '{"error_code":"RESOURCE_DOES_NOT_EXIST","message":"x"}', FAILURE.databricksNotFound],
    [
      400,
      '{"error_code":"INVALID_PARAMETER_VALUE","message":"Cluster 1-a does not exist"}',
      FAILURE.databricksNotFound,
    ],
    [400, '{"error_code":"INVALID_PARAMETER_VALUE","message":"Node type x does not exist"}', FAILURE.databricksRefused],
    [409, '', FAILURE.databricksConflict],
    [
      400,
      '{"error_code":"INVALID_STATE","message":"Cluster x is in unexpected state Running."}',
      FAILURE.databricksConflict,
    ],
    [400, '{"error_code":"RESOURCE_ALREADY_EXISTS","message":"Scope x already exists!"}', FAILURE.databricksConflict],
    [
      400,
      'MALFORMED_REQUEST: Credential configuration name X already exists in this account.',
      FAILURE.databricksConflict,
    ],
    [400, 'INVALID_STATE: Storage configuration limit exceeded, only 50 are allowed', FAILURE.databricksLimitReached],
    [400, '{"error_code":"RESOURCE_LIMIT_EXCEEDED","message":"x"}', FAILURE.databricksLimitReached],
    [400, '{"error_code":"RESOURCE_EXHAUSTED","message":"x"}', FAILURE.databricksThrottled],
    [500, '{"error_code":"REQUEST_LIMIT_EXCEEDED","message":"x"}', FAILURE.databricksThrottled],
    [429, '', FAILURE.databricksThrottled],
    [
      400,
      '{"error":"invalid_request","error_description":"Temporarily throttled, too many requests"}',
      FAILURE.databricksThrottled,
    ],
    [400, '{"message":"MALFORMED_REQUEST: x"}', FAILURE.databricksRefused],
    [418, '', FAILURE.databricksRefused],
    [500, '{"error_code":"INTERNAL_SERVER_ERROR","message":"x"}', FAILURE.databricksUnavailable],
    [503, '<html>busy</html>', FAILURE.databricksUnavailable],
    [509, '', FAILURE.databricksUnavailable],
    [400, '{"message":"Workspace 1 does not have any associated worker environments"}', FAILURE.databricksUnavailable],
    [307, '', FAILURE.databricksAnswerUnreadable],
  ])('%i %s is %s', (status, body, failure) => {
    expect(failureOf(parse(status, body))).toBe(failure);
  });
});
