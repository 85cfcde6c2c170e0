import { describe, expect, test } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { objections } from '../../cli/check-request.ts';
import {
  KEY_ROLLOUT_REQUEST,
  SECRET_SYNC_REQUEST,
  WORKSPACE_CHANGE_REQUEST,
} from '../../lambda/contract/api-requests.ts';
import { WORKSPACE_REQUEST } from '../../lambda/contract/api-workspace-request.ts';
import { WORKSPACE_BODY } from './provisioning-examples.ts';

const ajv = new Ajv2020({ strict: false });

/** Every place in a JSON value, as the names that lead there. */
const placesIn = (value: unknown, to: readonly string[] = []): readonly (readonly string[])[] => [
  to,
  ...(typeof value === 'object' && value !== null
    ? Object.entries(value).flatMap(([name, one]) => placesIn(one, [...to, name]))
    : []),
];

/** The value with another one at a place; without a value, with nothing there. */
function changed(value: unknown, [name, ...rest]: readonly string[], other: unknown): unknown {
  if (name === undefined) return other ?? null;
  const copy = structuredClone(value) as Record<string, unknown>;
  if (other === undefined && rest.length === 0 && !Array.isArray(copy)) delete copy[name];
  else copy[name] = changed(copy[name], rest, other ?? null);
  return copy;
}

const ANYTHING = fc.oneof(
  fc.constantFrom(undefined, null, true, 1, 1.5, '', 'x', [], {}, ['a', 'a'], { id: 'a' }, { id: 'a', key: 'alias/x' }),
  fc.string({ unit: 'grapheme', maxLength: 300 }),
  fc.jsonValue(),
);

describe('a request is judged as the API judges it', () => {
  test.each(Object.entries({ KEY_ROLLOUT_REQUEST, SECRET_SYNC_REQUEST, WORKSPACE_CHANGE_REQUEST, WORKSPACE_REQUEST }))(
    '%s, whatever it holds',
    (_name, schema) => {
      const validate = ajv.compile(schema);
      fc.assert(
        fc.property(fc.jsonValue(), (value) => {
          expect(objections(value, schema).length === 0).toBe(validate(value));
        }),
      );
    },
  );

  test('of a workspace, wherever it is changed', () => {
    const validate = ajv.compile(WORKSPACE_REQUEST);
    expect(objections(WORKSPACE_BODY, WORKSPACE_REQUEST)).toEqual([]);
    const places = [...placesIn(WORKSPACE_BODY), ['surprise'], ['network', 'surprise'], ['region'], ['network', 'id']];
    fc.assert(
      fc.property(fc.constantFrom(...places), ANYTHING, (place, other) => {
        const value = changed(WORKSPACE_BODY, place, other);
        expect(objections(value, WORKSPACE_REQUEST).length === 0).toBe(validate(value));
      }),
      { numRuns: 2_000 },
    );
  });
});
