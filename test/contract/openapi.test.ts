import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { Validator } from '@seriousme/openapi-schema-validator';
import { describeApi } from '../../lambda/app/describe-api.ts';

const validate = async (document: object) => {
  const { valid, errors } = await new Validator().validate(JSON.parse(JSON.stringify(document)));
  return { valid, errors };
};

describe('the OpenAPI document', () => {
  test('is valid OpenAPI 3.1 by the judgement of somebody else', async () => {
    expect(await validate(describeApi())).toEqual({ valid: true, errors: undefined });
  });

  test('that is broken is seen to be', async () => {
    expect((await validate({ ...describeApi(), paths: { '/v1/health': { get: { responses: 7 } } } })).valid).toBe(
      false,
    );
  });

  test('in docs/ is what the routes and schemas say (npm run openapi writes it)', () => {
    const written: unknown = JSON.parse(readFileSync(join(import.meta.dirname, '../../docs/openapi.json'), 'utf8'));
    expect(written).toEqual(JSON.parse(JSON.stringify(describeApi())));
  });
});
