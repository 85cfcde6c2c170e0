import { describe, expect, test } from '@jest/globals';
import { Field } from '../../lambda/databricks/field.ts';
import { parseJson, parseJsonOrNothing } from '../../lambda/databricks/json.ts';

describe('parseJson', () => {
  test('keeps int64 ids digit by digit', () => {
    expect(parseJson('{"id":9223372036854775807,"list":[-9007199254740993]}')).toEqual({
      id: '9223372036854775807',
      list: ['-9007199254740993'],
    });
  });

  test('leaves numbers that are exact as numbers', () => {
    expect(parseJson('[0,-1,9007199254740991,1586447506984,0.5,1e3]')).toEqual([
      0, -1, 9007199254740991, 1586447506984, 0.5, 1000,
    ]);
  });

  test('answers nothing for text that is not JSON', () => {
    expect(parseJsonOrNothing('<html>')).toBeUndefined();
    expect(parseJsonOrNothing('null')).toEqual({ value: null });
  });
});

describe('Field', () => {
  const answer = new Field(
    { workspaces: [{ workspace_id: 42, name: 'a', big: '9223372036854775807' }, {}] },
    'answer',
    'GET https://host/path',
  );

  test('names place, what was found and what was wanted, and never the value', () => {
    const second = answer.at('workspaces').items()[1];
    expect(() => second?.at('workspace_id').id()).toThrow(
      'GET https://host/path: answer.workspaces[1].workspace_id: found nothing, wanted an id',
    );
    const wrong = new Field({ id: ['hunter2'] }, 'answer', 'GET x');
    expect(() => wrong.at('id').id()).toThrow('answer.id: found a list, wanted an id');
    expect(() => wrong.at('id').at('x')).toThrow('answer.id: found a list, wanted an object');
    expect(() => wrong.items()).toThrow('answer: found an object, wanted a list');
    expect(() => new Field('hunter2', 'answer', 'GET x').integer()).toThrow(
      'answer: found text, wanted a whole number',
    );
    expect(() => new Field('hunter2', 'answer', 'GET x').flag()).toThrow('answer: found text, wanted true or false');
    expect(() => new Field(1, 'answer', 'GET x').text()).toThrow('answer: found a number, wanted text');
  });

  test('reads ids from numbers and text alike', () => {
    const first = answer.at('workspaces').items()[0];
    expect(first?.at('workspace_id').id()).toBe('42');
    expect(first?.at('big').id()).toBe('9223372036854775807');
  });

  test('refuses an id that a number would have rounded, and an empty one', () => {
    expect(() => new Field(2 ** 60, 'id', 'GET x').id()).toThrow('wanted an id');
    expect(() => new Field('', 'id', 'GET x').id()).toThrow('wanted an id');
  });

  test('takes null for nothing', () => {
    expect(new Field(null, 'x', 'GET x').optional((field) => field.text())).toBeUndefined();
    expect(new Field(undefined, 'x', 'GET x').optional((field) => field.text())).toBeUndefined();
    expect(new Field('', 'x', 'GET x').optional((field) => field.text())).toBe('');
  });
});
