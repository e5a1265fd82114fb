import { setTimeout as sleep } from 'node:timers/promises';
import { bodyKind, checkEncoding, parseBody, parseForm } from './request-body.js';

const json = (text: string | Buffer) => parseBody('json', Buffer.from(text));
const form = (text: string | Buffer) => parseBody('form', Buffer.from(text));

describe('request body', () => {
  it.each<[string | undefined, string]>([
    [undefined, 'none'],
    ['', 'none'],
    ['application/json', 'json'],
    ['APPLICATION/JSON ; charset=utf-8', 'json'],
    ['application/x-www-form-urlencoded', 'form'],
    ['application/json-seq', 'other'],
    ['application/vnd.api+json', 'other'],
    ['text/json', 'other'],
    ['multipart/form-data; boundary=application/json', 'other'],
    ['xapplication/json', 'other'],
    [';application/json', 'other'],
  ])('%j is %s', (type, kind) => {
    expect(bodyKind(type)).toBe(kind);
  });

  it.each<[string, string | undefined]>([
    ['application/json', undefined],
    ['application/json; charset=UTF-8', undefined],
    ['application/json; charset="utf8"', 'identity'],
  ])('%s, encoded %j, is read', (type, encoding) => {
    expect(() => checkEncoding(type, encoding)).not.toThrow();
  });

  it.each<[string, string | undefined]>([
    ['application/json; charset=utf-16', undefined],
    ['application/json; Charset = "latin1"', undefined],
    ['application/json; charset=utf-8x', undefined],
    ['application/json', 'gzip'],
    ['application/json', 'identity, gzip'],
  ])('415 for %s, encoded %j', (type, encoding) => {
    expect(() => checkEncoding(type, encoding)).toThrow(expect.objectContaining({ status: 415 }));
  });

  it('JSON comes out as it went in', () => {
    const value = { a: [1, 'ä💥', null, { b: true }], 'x-y': -1.5e3, é: '' };
    expect(json(JSON.stringify(value))).toEqual(value);
    expect(json('')).toEqual({});
  });

  it('T011 a name is repeated without a copy of what came before', async () => {
    // Four times the size of a body: if the parser copied, this would take longer than the runner waits,
    expect(parseForm('a&'.repeat(120_000))['a']).toHaveLength(120_000);
    // which the runner notices only when timers can run.
    await sleep(1);
  });

  it('depth 20 is read, 21 is not', () => {
    const nested = (depth: number) => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;
    expect(() => json(nested(20))).not.toThrow();
    expect(() => json(nested(21))).toThrow(expect.objectContaining({ status: 400 }));
  });

  it.each([
    '{"toString":1}',
    '{"hasOwnProperty":1}',
    '{"__proto":1}',
    '{"proto__":1}',
    '{"constructors":1}',
    '{"valueOf":{}}',
  ])('%s is plain data', (text) => {
    expect(json(text)).toEqual(JSON.parse(text));
  });

  it.each<[string, string | Buffer]>([
    ['no object', '[]'],
    ['null', 'null'],
    ['two values', '{}{}'],
    ['a key that is not valid text', '{"\\ud800":1}'],
    ['U+FFFD', '{"a":"\ufffd"}'],
    ['invalid UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])],
    ['UTF-16', Buffer.from('{"a":1}', 'utf16le')],
    ['__proto__', '{"__proto__":1}'],
    ['an escaped __proto__', '{"\\u005f_proto__":1}'],
    ['a deep constructor', '{"a":[{"b":{"constructor":1}}]}'],
  ])('T003, T004, T008: 400 for JSON with %s', (_name, text) => {
    expect(() => json(text)).toThrow(expect.objectContaining({ status: 400 }));
  });

  it.each<[string, object]>([
    ['', {}],
    ['&&', {}],
    ['a', { a: '' }],
    ['a=', { a: '' }],
    ['a=b=c', { a: 'b=c' }],
    ['a=1+2%2B3', { a: '1 2+3' }],
    ['a=1&a=2&a=3', { a: ['1', '2', '3'] }],
    ['%61=b', { a: 'b' }],
    ['a[b]=c', { 'a[b]': 'c' }],
    ['toString=x&hasOwnProperty=y', { toString: 'x', hasOwnProperty: 'y' }],
    ['=x', { '': 'x' }],
  ])('the form %j is %j', (text, expected) => {
    expect({ ...parseForm(text) }).toEqual(expected);
  });

  it.each([
    'a=%',
    'a=%z',
    'a=%ff',
    'a=%c0%80',
    'a=%ed%a0%80',
    'a=%00',
    '%00=a',
    'a=%ef%bf%bd',
    '__proto__=1',
    'a[__proto__]=1',
    'a[constructor][b]=1',
    'a.prototype=1',
    '%5f_proto__=1',
  ])('T003, T004, T008: 400 for the form %s', (text) => {
    expect(() => form(text)).toThrow(expect.objectContaining({ status: 400 }));
  });
});
