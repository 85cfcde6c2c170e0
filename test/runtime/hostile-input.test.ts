import { describe, expect, test } from '@jest/globals';
import { parseRolloutRequest } from '../../lambda/runtime/step-input.ts';
import { parsePlanSync } from '../../lambda/runtime/sync-input.ts';

const rollout = (trigger: unknown) => parseRolloutRequest({ bindingId: 'prod', trigger });
const sync = (request: object) => parsePlanSync({ request, syncId: 'sync' }).request;

describe('what is said to have started an execution', () => {
  test('goes on record as it is', () => {
    const trigger = { kind: 'material-rotation', keyArn: 'arn', materialId: 'm', eventId: 'e', eventTime: '' };
    expect(rollout(trigger)).toEqual({ bindingId: 'prod', trigger });
    const changed = { kind: 'secret-changed', event: 'TagResource', eventId: 'e', eventTime: '' };
    expect(sync({ trigger: changed })).toEqual({ trigger: changed });
  });

  test.each([
    [{ kind: 'x\n- all is well' }, 'input.trigger.kind: found'],
    [{ kind: ['request'] }, 'input.trigger.kind: found a list of 1'],
    [{}, 'input.trigger.kind: found nothing'],
    [{ kind: 'request', eventId: 'x\ny' }, 'input.trigger.eventId: found'],
    [{ kind: 'request', eventTime: 'x'.repeat(301) }, 'input.trigger.eventTime: found'],
    [{ kind: 'request', eventId: { a: 1 } }, 'input.trigger.eventId: found an object'],
    [{ kind: 'request', note: 'x'.repeat(300_000) }, 'input.trigger.note: found'],
    [JSON.parse('{"kind":"request","__proto__":{"a":1}}'), 'input.trigger.__proto__: found an object'],
    ['request', 'input.trigger: found "request"'],
  ])('is refused if more than that comes along: case %#', (trigger, message) => {
    for (const parse of [() => rollout(trigger), () => sync({ trigger })]) {
      expect(parse).toThrow(message);
      expect(parse).toThrow(expect.objectContaining({ name: 'InputInvalid' }));
    }
  });
});

describe('the secret that a sync is asked for', () => {
  test.each(['x\n- all is well', 'a b', 'é', 'x'.repeat(641), '{"a":1}'])('is never %j', (secret) => {
    expect(() => sync({ secret })).toThrow('input.secret: found');
  });

  test('is a name or an ARN', () => {
    const arn = 'arn:aws:secretsmanager:us-west-2:111122223333:secret:prod/a!b-AbCdEf';
    for (const secret of ['prod/db', arn]) expect(sync({ secret })).toEqual({ secret });
  });
});
