import { freshSeconds } from './document-freshness.js';

const BOUNDS = { minTTLSeconds: 60, maxTTLSeconds: 86_400 };
const DATE = 'Mon, 30 Nov 2026 12:00:00 GMT';

describe('H8 CIMD 5.2: how long a document is fresh', () => {
  it.each<[string, Record<string, string>, number]>([
    ['nothing is said', {}, 3_600],
    ['max-age', { 'cache-control': 'public, max-age=600' }, 600],
    ['max-age in a cache on the way', { 'cache-control': 'max-age=600', age: '400' }, 200],
    ['max-age that is over', { 'cache-control': 'max-age=600', age: '900' }, 60],
    ['too short', { 'cache-control': 'max-age=1' }, 60],
    ['too long', { 'cache-control': 'max-age=31536000, immutable' }, 86_400],
    ['absurd', { 'cache-control': 'max-age=9999999999' }, 86_400],
    ['no number', { 'cache-control': 'max-age=soon' }, 60],
    ['a negative one', { 'cache-control': 'max-age=-5' }, 60],
    ['quoted', { 'cache-control': 'MAX-AGE="120"' }, 120],
    ['no-store', { 'cache-control': 'no-store' }, 60],
    ['no-cache beside an age', { 'cache-control': 'no-cache, max-age=600' }, 60],
    ['Expires', { expires: 'Mon, 30 Nov 2026 12:10:00 GMT', date: DATE }, 600],
    ['Expires in the past', { expires: '0', date: DATE }, 60],
    ['max-age before Expires', { 'cache-control': 'max-age=120', expires: '0' }, 120],
  ])('H8 %s', (_, headers, seconds) => expect(freshSeconds(new Headers(headers), BOUNDS)).toBe(seconds));
});
