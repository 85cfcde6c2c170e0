import { describe, expect, test } from '@jest/globals';
import { FAILURE } from '../../lambda/contract/failures.ts';
import { checkBaseUrl, pathSegment, workspaceBaseUrl } from '../../lambda/databricks/base-url.ts';
import { accountTokenUrl, workspaceTokenUrl } from '../../lambda/databricks/token-request.ts';

describe('checkBaseUrl', () => {
  test.each([
    ['https://accounts.cloud.databricks.com', 'https://accounts.cloud.databricks.com'],
    ['https://accounts.cloud.databricks.com/', 'https://accounts.cloud.databricks.com'],
    ['http://127.0.0.1:8080/databricks/', 'http://127.0.0.1:8080/databricks'],
    ['http://localhost:8080', 'http://localhost:8080'],
    ['http://[::1]:8080', 'http://[::1]:8080'],
  ])('takes %s', (text, expected) => {
    expect(checkBaseUrl(text)).toBe(expected);
  });

  test.each([
    'http://accounts.cloud.databricks.com',
    'http://127.0.0.1.example.com',
    'http://localhost.example.com',
    'ftp://localhost',
    'https://user:hunter2@accounts.cloud.databricks.com',
    'https://accounts.cloud.databricks.com/?x=1',
    'accounts.cloud.databricks.com',
    '',
  ])('refuses %j', (text) => {
    expect(() => checkBaseUrl(text)).toThrow(expect.objectContaining({ name: FAILURE.settingsInvalid }));
  });

  test('says why plain http is refused', () => {
    expect(() => checkBaseUrl('http://example.com')).toThrow('wanted https:// (http:// only for loopback hosts)');
  });
});

describe('workspaceBaseUrl', () => {
  test.each([
    [
      'https://{deployment_name}.cloud.databricks.com',
      'dbc-a1b2c3d4-e5f6',
      'https://dbc-a1b2c3d4-e5f6.cloud.databricks.com',
    ],
    ['https://{deployment_name}.cloud.databricks.com', 'Acme-Prod', 'https://acme-prod.cloud.databricks.com'],
    ['http://127.0.0.1:9000/workspaces/{deployment_name}/', 'dbc-1', 'http://127.0.0.1:9000/workspaces/dbc-1'],
  ])('%s with %s', (template, name, expected) => {
    expect(workspaceBaseUrl(template, name)).toBe(expected);
  });

  test.each([
    'evil.example.com/',
    'a.b',
    'a/b',
    'a@b',
    'a:1',
    'a#',
    'a?b',
    'a b',
    '',
    '-a',
    'a-',
    'x'.repeat(64),
    'a\\b',
    'ä',
  ])('refuses the name %j, which could leave the host', (name) => {
    expect(() => workspaceBaseUrl('https://{deployment_name}.cloud.databricks.com', name)).toThrow(
      expect.objectContaining({ name: FAILURE.databricksAnswerUnreadable }),
    );
  });

  test('refuses a template without a place for the name: all workspaces would be one', () => {
    expect(() => workspaceBaseUrl('https://cloud.databricks.com', 'a')).toThrow('does not hold {deployment_name}');
  });

  test('refuses a template that is plain http to another host', () => {
    expect(() => workspaceBaseUrl('http://{deployment_name}.cloud.databricks.com', 'a')).toThrow(
      expect.objectContaining({ name: FAILURE.settingsInvalid }),
    );
  });
});

test('token endpoints stand beside the API they are for', () => {
  expect(accountTokenUrl('https://accounts.cloud.databricks.com', 'abc')).toBe(
    'https://accounts.cloud.databricks.com/oidc/accounts/abc/v1/token',
  );
  expect(workspaceTokenUrl('https://dbc-1.cloud.databricks.com/')).toBe(
    'https://dbc-1.cloud.databricks.com/oidc/v1/token',
  );
});

test('path segments are encoded and cannot climb', () => {
  expect(pathSegment('a/b c')).toBe('a%2Fb%20c');
  for (const way of ['..', '.', '']) {
    expect(() => pathSegment(way)).toThrow(expect.objectContaining({ name: FAILURE.inputInvalid }));
  }
});
