import { describe, expect, test } from '@jest/globals';
import { holds, NO_VALUE, referredNames, resolveValue, type Scope } from '../../../local/template/intrinsics.ts';
import { physicalName } from '../../../local/template/names.ts';

const SCOPE: Scope = {
  ref: (name) => (name === 'AWS::NoValue' ? NO_VALUE : `<${name}>`),
  getAtt: (id, attribute) => `<${id}.${attribute}>`,
  condition: (name) => name === 'Yes',
  mapping: (path) => path.join('/'),
  importValue: (name) => `imported ${name}`,
  stackOutput: (stack, output) => `${stack}:${output}`,
};

/** `${name}`, as Fn::Sub has it. */
const hole = (name: string): string => `\${${name}}`;

const resolved = (value: unknown): unknown => resolveValue(value, SCOPE, 'here');

describe('a value of a template', () => {
  test.each<[string, unknown, unknown]>([
    ['stays what it is without functions', { a: [1, true, null, 'x'] }, { a: [1, true, null, 'x'] }],
    ['is a reference', { Ref: 'Queue' }, '<Queue>'],
    [
      'is an attribute in both spellings',
      [{ 'Fn::GetAtt': ['Queue', 'Arn'] }, { 'Fn::GetAtt': 'Nested.Outputs.Arn' }],
      ['<Queue.Arn>', '<Nested.Outputs.Arn>'],
    ],
    ['is joined', { 'Fn::Join': ['-', ['a', { Ref: 'B' }, 1]] }, 'a-<B>-1'],
    ['is joined from a list that is made first', { 'Fn::Join': ['+', { 'Fn::Split': [',', 'a,b'] }] }, 'a+b'],
    [
      'is filled in',
      { 'Fn::Sub': `${hole('A')}/${hole('B.Arn')}/${hole('!Literal')}/${hole('AWS::Region')}` },
      `<A>/<B.Arn>/${hole('Literal')}/<AWS::Region>`,
    ],
    [
      'is filled in from its own map',
      { 'Fn::Sub': [`${hole('x')} ${hole('y')}`, { x: { Ref: 'A' }, y: 'z' }] },
      '<A> z',
    ],
    ['is selected', { 'Fn::Select': ['1', ['a', 'b']] }, 'b'],
    ['is looked up', { 'Fn::FindInMap': ['M', { Ref: 'K' }, 'v'] }, 'M/<K>/v'],
    [
      'is chosen by a condition',
      [{ 'Fn::If': ['Yes', 'a', 'b'] }, { 'Fn::If': ['No', 'a', { Ref: 'B' }] }],
      ['a', '<B>'],
    ],
    [
      'is left out',
      { a: { Ref: 'AWS::NoValue' }, b: ['x', { 'Fn::If': ['No', 'y', { Ref: 'AWS::NoValue' }] }] },
      { b: ['x'] },
    ],
    ['is imported', { 'Fn::ImportValue': { 'Fn::Sub': hole('A') } }, 'imported <A>'],
    ['is the output of another stack', { 'Fn::GetStackOutput': { StackName: 's', OutputName: 'o' } }, 's:o'],
    ['is text of JSON', { 'Fn::ToJsonString': { a: { Ref: 'A' } } }, '{"a":"<A>"}'],
    ['is an object with a field like a function', { 'Fn::Join': 1, other: 2 }, { 'Fn::Join': 1, other: 2 }],
  ])('%s', (_name, value, expected) => {
    expect(resolved(value)).toEqual(expected);
  });

  test.each<[string, unknown, string]>([
    ['an unknown function', { a: [{ 'Fn::Cidr': [] }] }, 'here/a/0: the local run does not know Fn::Cidr'],
    ['an index beyond the list', { 'Fn::Select': [2, ['a']] }, 'here/Fn::Select: there is no element 2 among 1'],
    ['an object in place of text', { 'Fn::Join': ['', [{ a: 1 }]] }, 'here/Fn::Join: text is wanted, not {"a":1}'],
  ])('with %s is refused with its place', (_name, value, message) => {
    expect(() => resolved(value)).toThrow(message);
  });
});

test('conditions combine', () => {
  const check = (condition: unknown) => holds(condition, SCOPE, 'here');
  const [yes, no] = [{ Condition: 'Yes' }, { Condition: 'No' }];

  expect([check({ 'Fn::And': [yes, no] }), check({ 'Fn::Or': [yes, no] }), check({ 'Fn::Not': [no] })]).toEqual([
    false,
    true,
    true,
  ]);
  expect(check({ 'Fn::Equals': [{ Ref: 'A' }, '<A>'] })).toBe(true);
  expect(() => check({ 'Fn::Contains': [] })).toThrow('the local run does not know the condition Fn::Contains');
});

test('references are found in every function', () => {
  const properties = {
    a: { Ref: 'A' },
    b: [{ 'Fn::GetAtt': ['B', 'Arn'] }, { 'Fn::GetAtt': 'C.Arn' }],
    d: { 'Fn::Sub': [`${hole('D')}/${hole('E.Arn')}/${hole('!F')}`, { D: { Ref: 'G' } }] },
    h: { 'Fn::If': ['Yes', { Ref: 'H' }, 'x'] },
  };

  expect(referredNames(properties)).toEqual(['A', 'B', 'C', 'D', 'E', 'G', 'H']);
});

test('a name fits its limit and stays the same', () => {
  const name = physicalName('a-stack-with-a-long-name', 'AResourceWithALogicalIdThatIsMuchTooLongForANameOfLambda', 64);

  expect(name).toHaveLength(64);
  expect(name).toMatch(/^a-stack-with-a-long-name-AResource.*-[0-9A-F]{12}$/);
  expect(physicalName('s', 'Id', 64)).toBe(physicalName('s', 'Id', 64));
  expect(physicalName('s', 'Id', 64)).not.toBe(physicalName('t', 'Id', 64));
});
