import type { IncomingMessage } from 'node:http';
import { arrivedFields, presentedFields } from './socket-fields.js';

describe('the fields of a socket', () => {
  it('RFC 9110 5.3: are read as they arrived, whatever was written into the headers since', () => {
    const headersDistinct = {
      authorization: ['Bearer a', 'Bearer b'],
      cookie: ['a=1', 'b=2'],
      'x-forwarded-for': ['192.0.2.1', '192.0.2.2'],
    };
    const upgrade = { headersDistinct, headers: { authorization: 'Bearer forged' } } as unknown as IncomingMessage;
    expect(arrivedFields(upgrade)).toEqual({
      authorization: 'Bearer a',
      cookie: 'a=1; b=2',
      'x-forwarded-for': '192.0.2.1, 192.0.2.2',
    });
  });

  it.each<[unknown, object, number]>([
    [undefined, {}, 0],
    ['Bearer a', {}, 0],
    [['authorization', 'Bearer a'], { 0: 'authorization', 1: 'Bearer a' }, 0],
    [{ Authorization: 'Bearer a' }, { authorization: 'Bearer a' }, 1],
    [{ authorization: 'Bearer a', AUTHORIZATION: 'Bearer b' }, { authorization: 'Bearer a' }, 2],
    [{ 'X-Api-Key': 'k', 'x-api-key': 'l' }, { 'x-api-key': 'k, l' }, 0],
    [{ authorization: ['Bearer a'], Cookie: 'a=b', headers: { authorization: 'Bearer a' }, n: 1 }, {}, 0],
    [JSON.parse('{"__proto__":"x","constructor":"y"}'), { constructor: 'y' }, 0],
  ])('connectionParams %j present %j', (params, headers, count) => {
    const presented = presentedFields({}, params);
    expect(Object.entries(presented.headers).filter(([name]) => name !== '__proto__')).toEqual(Object.entries(headers));
    expect(presented.rawHeaders.filter((one) => one === 'authorization')).toHaveLength(count);
  });

  it('RFC 6750 2: a credential there and one in the headers are two', () => {
    const presented = presentedFields({ authorization: 'Bearer a' }, { authorization: 'Bearer a' });
    expect(presented.rawHeaders).toEqual(['authorization', 'Bearer a', 'authorization', 'Bearer a']);
  });

  it('of a payload with many members only some are looked at', () => {
    const params = Object.fromEntries(Array.from({ length: 10_000 }, (_, index) => [`name-${index}`, 'x']));
    expect(Object.keys(presentedFields({}, params).headers).length).toBeLessThanOrEqual(50);
  });
});
