import { describe, expect, test } from '@jest/globals';
import { compilePattern } from '../../../local/aws/event-pattern.ts';

const matches = (pattern: unknown, event: unknown): boolean => compilePattern(pattern)(event);

// The patterns are those of "Comparison operators for use in event patterns" in the EventBridge User Guide.
describe('a pattern', () => {
  test.each([
    ['an exact value', { Name: ['Alice'] }, { Name: 'Alice' }, { Name: 'alice' }],
    ['one of several values', { Source: ['a', 'b'] }, { Source: 'b' }, { Source: 'c' }],
    [
      'several fields',
      { Location: ['New York'], Day: ['Monday'] },
      { Location: 'New York', Day: 'Monday' },
      { Location: 'New York', Day: 'Friday' },
    ],
    ['an empty text', { LastName: [''] }, { LastName: '' }, { LastName: 'a' }],
    ['a number by its value', { Price: [100] }, { Price: 100 }, { Price: '100' }],
    ['null', { UserID: [null] }, { UserID: null }, {}],
    ['a value in a nested object', { detail: { state: ['a'] } }, { detail: { state: 'a' } }, { state: 'a' }],
    ['any of the values in a list', { resources: ['b'] }, { resources: ['a', 'b'] }, { resources: ['a'] }],
    ['a prefix', { Region: [{ prefix: 'us-' }] }, { Region: 'us-west-2' }, { Region: 'eu-west-1' }],
    [
      'a prefix in any case',
      { service: [{ prefix: { 'equals-ignore-case': 'eventb' } }] },
      { service: 'EventBridge' },
      { service: 'events' },
    ],
    ['a suffix', { FileName: [{ suffix: '.png' }] }, { FileName: 'a.png' }, { FileName: 'a.PNG' }],
    [
      'a suffix in any case',
      { FileName: [{ suffix: { 'equals-ignore-case': '.png' } }] },
      { FileName: 'a.PNG' },
      { FileName: 'a.jpg' },
    ],
    ['a value in any case', { Name: [{ 'equals-ignore-case': 'alice' }] }, { Name: 'ALICE' }, { Name: 'alices' }],
    [
      'anything but a value',
      { state: [{ 'anything-but': 'initializing' }] },
      { state: 'running' },
      { state: 'initializing' },
    ],
    ['anything but numbers', { limit: [{ 'anything-but': [100, 200] }] }, { limit: 300 }, { limit: 200 }],
    [
      'anything but a prefix',
      { Region: [{ 'anything-but': { prefix: 'us-' } }] },
      { Region: 'eu-west-1' },
      { Region: 'us-east-1' },
    ],
    [
      'anything but prefixes',
      { Region: [{ 'anything-but': { prefix: ['us-', 'ca-'] } }] },
      { Region: 'eu-west-1' },
      { Region: 'ca-central-1' },
    ],
    [
      'anything but a suffix',
      { FileName: [{ 'anything-but': { suffix: '.png' } }] },
      { FileName: 'a.txt' },
      { FileName: 'a.png' },
    ],
    [
      'anything but a value in any case',
      { state: [{ 'anything-but': { 'equals-ignore-case': ['initializing', 'stopped'] } }] },
      { state: 'running' },
      { state: 'INITIALIZING' },
    ],
    [
      'anything but a wildcard',
      { FilePath: [{ 'anything-but': { wildcard: '*/lib/*' } }] },
      { FilePath: '/src/a' },
      { FilePath: '/src/lib/a' },
    ],
    ['anything but, only where the field is', { state: [{ 'anything-but': 'a' }] }, { state: 'b' }, {}],
    ['a field that exists', { Name: [{ exists: true }] }, { Name: null }, {}],
    [
      'a field that does not exist',
      { detail: { errorCode: [{ exists: false }] } },
      { detail: {} },
      { detail: { errorCode: 'AccessDenied' } },
    ],
    ['only leaves as existing', { detail: [{ exists: true }] }, { detail: 1 }, { detail: { a: 1 } }],
    ['a number', { Price: [{ numeric: ['=', 100] }] }, { Price: 100.0 }, { Price: 101 }],
    ['a range', { Price: [{ numeric: ['>', 10, '<=', 20] }] }, { Price: 20 }, { Price: 10 }],
    ['a range of numbers only', { Price: [{ numeric: ['<', 10] }] }, { Price: -1 }, { Price: '1' }],
    ['a wildcard', { FileName: [{ wildcard: 'dir/*.png' }] }, { FileName: 'dir/a/b.png' }, { FileName: 'dir/a.jpg' }],
    ['a wildcard with a literal star', { FileName: [{ wildcard: 'a\\*b' }] }, { FileName: 'a*b' }, { FileName: 'axb' }],
    [
      'a wildcard over characters that mean something elsewhere',
      { Name: [{ wildcard: 'a.(b)*' }] },
      { Name: 'a.(b)c' },
      { Name: 'aX(b)c' },
    ],
    ['one of several comparisons', { Name: [{ prefix: 'A' }, { suffix: 'z' }, 'm'] }, { Name: 'm' }, { Name: 'b' }],
    [
      'one of several fields',
      { $or: [{ Location: ['New York'] }, { Day: ['Monday'] }] },
      { Day: 'Monday' },
      { Day: 'Friday' },
    ],
    [
      'one of several fields and another',
      { source: ['aws.kms'], detail: { $or: [{ a: [1] }, { b: [{ numeric: ['<', 10] }] }] } },
      { source: 'aws.kms', detail: { b: 9 } },
      { source: 'aws.s3', detail: { b: 9 } },
    ],
    [
      'an object in a list, in all its fields',
      { items: { a: [1], b: [2] } },
      { items: [{ a: 1, b: 2 }] },
      {
        items: [
          { a: 1, b: 3 },
          { a: 3, b: 2 },
        ],
      },
    ],
  ])('matches %s', (_name, pattern, yes, no) => {
    expect([matches(pattern, yes), matches(pattern, no)]).toEqual([true, false]);
  });

  test.each([
    ['the operator', { a: [{ near: 1 }] }, '/a/0: the local run does not know the operator near'],
    ['cidr', { ip: [{ cidr: '10.0.0.0/24' }] }, '/ip/0: the local run does not know the operator cidr'],
    [
      'two operators at once',
      { a: [{ prefix: 'x', suffix: 'y' }] },
      '/a/0: a comparison must have exactly one operator',
    ],
    ['a value without a list', { a: 'x' }, '/a: must be an object with at least one field or a list of values'],
    ['an empty list', { detail: { a: [] } }, '/detail/a: an empty list matches nothing'],
    ['an empty pattern', {}, '/: a pattern must be an object with at least one field'],
    ['exists with text', { a: [{ exists: 'yes' }] }, '/a/0: exists must be true or false'],
    ['numeric with text', { a: [{ numeric: ['>', '1'] }] }, '/a/0: numeric compares by = < <= > >= with a number'],
    ['two stars', { a: [{ wildcard: 'a**' }] }, '/a/0: wildcard has ** in it'],
    ['an unknown escape', { a: [{ wildcard: 'a\\b' }] }, '/a/0: wildcard knows only \\* and \\\\'],
    [
      'anything-but with numeric',
      { a: [{ 'anything-but': { numeric: ['>', 1] } }] },
      '/a/0: the local run does not know anything-but with numeric',
    ],
    ['one choice in $or', { $or: [{ a: [1] }] }, '/$or: must be a list of at least two objects'],
    [
      'a name that every object has',
      { a: [{ constructor: 1 }] },
      '/a/0: the local run does not know the operator constructor',
    ],
  ])('with %s is refused with its path', (_name, pattern, message) => {
    expect(() => compilePattern(pattern)).toThrow(message);
  });
});
