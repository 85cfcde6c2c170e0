import { inspect } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { FAILURE } from '../../lambda/contract/failures.ts';
import { parseCredentialSecret } from '../../lambda/databricks/credential-secret.ts';

const SOURCE = 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:databricks';

describe('parseCredentialSecret', () => {
  test.each([
    ['our layout', { client_id: 'id', client_secret: 'hunter2' }],
    [
      "the layout of AWS's managed rotation",
      {
        accountId: 'a',
        servicePrincipalId: '1',
        clientId: 'id',
        clientSecret: 'hunter2',
        oauthSecretId: '0f',
      },
    ],
    ['white space around values', { client_id: ' id ', client_secret: 'hunter2\n' }],
  ])('reads %s', (_layout, secret) => {
    const credentials = parseCredentialSecret(JSON.stringify(secret), SOURCE);
    expect(credentials.clientId).toBe('id');
    expect(credentials.clientSecret.reveal()).toBe('hunter2');
    expect(inspect(credentials, { depth: 9 })).not.toContain('hunter2');
  });

  test.each([
    ['other fields', '{"username":"hunter2","password":"hunter2"}', 'the fields username, password'],
    ['half of each layout', '{"client_id":"hunter2","clientSecret":"hunter2"}', 'the fields client_id, clientSecret'],
    ['an empty value', '{"client_id":"hunter2","client_secret":" "}', 'the fields client_id, client_secret'],
    ['a number', '{"client_id":1,"client_secret":"hunter2"}', 'the fields client_id, client_secret'],
    ['a value where a name belongs', '{"hunter2 with a space":1}', 'the fields (a name left out)'],
    ['nothing', '{}', 'no fields'],
    ['a bare value', 'hunter2', 'text that is not JSON'],
    ['JSON text', '"hunter2"', 'JSON that is not an object'],
    ['a list', '["hunter2"]', 'JSON that is not an object'],
  ])('refuses %s, names fields and no value', (_what, text, found) => {
    const parse = () => parseCredentialSecret(text, SOURCE);
    expect(parse).toThrow(expect.objectContaining({ name: FAILURE.credentialSecretInvalid }));
    expect(parse).toThrow(`secret ${SOURCE}: found ${found}, wanted a JSON object with client_id and client_secret`);
    try {
      parse();
    } catch (error) {
      expect(inspect(error, { depth: 9 })).not.toContain('hunter2');
    }
  });
});
