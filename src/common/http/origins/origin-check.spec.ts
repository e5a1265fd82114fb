import { checkOrigin } from './origin-check.js';

const ORIGINS = new Set(['https://app.example', 'http://localhost:3000', 'myapp://']);
const TRUSTED = { trusts: (origin: string) => Promise.resolve(ORIGINS.has(origin)) };
const ok = 'https://app.example';

async function checked(headers: Record<string, string>, method = 'POST'): Promise<string> {
  try {
    await checkOrigin(method, headers, TRUSTED);
    return 'passes';
  } catch (error) {
    return (error as { code: string }).code;
  }
}

describe('T033 origin check', () => {
  it.each<[string, Record<string, string>, string]>([
    ['no browser at all', {}, 'passes'],
    ['a trusted origin', { origin: ok }, 'passes'],
    [
      'a trusted origin with a cookie, from another site',
      { origin: ok, cookie: 'a=b', 'sec-fetch-site': 'cross-site' },
      'passes',
    ],
    ['another origin', { origin: 'https://evil.example' }, 'INVALID_ORIGIN'],
    ['another origin with a cookie', { origin: 'https://evil.example', cookie: 'a=b' }, 'INVALID_ORIGIN'],
    ['a longer host', { origin: 'https://app.example.evil.example' }, 'INVALID_ORIGIN'],
    ['a host that ends like a trusted one', { origin: 'https://evilapp.example' }, 'INVALID_ORIGIN'],
    ['a subdomain', { origin: 'https://x.app.example' }, 'INVALID_ORIGIN'],
    ['another scheme', { origin: 'http://app.example' }, 'INVALID_ORIGIN'],
    ['another port', { origin: 'https://app.example:8443' }, 'INVALID_ORIGIN'],
    ['an origin with a path', { origin: `${ok}/` }, 'INVALID_ORIGIN'],
    ['an empty origin', { origin: '' }, 'INVALID_ORIGIN'],
    ['two origins in one header', { origin: `${ok}, https://evil.example` }, 'INVALID_ORIGIN'],
    ['a trusted referer', { referer: `${ok}/page?x=1` }, 'passes'],
    ['another referer', { referer: 'https://evil.example/https://app.example' }, 'INVALID_ORIGIN'],
    ['a referer with credentials in it', { referer: 'https://app.example@evil.example/' }, 'INVALID_ORIGIN'],
    ['a referer that is none', { referer: 'nonsense' }, 'INVALID_ORIGIN'],
    [
      'another origin beside a trusted referer',
      { origin: 'https://evil.example', referer: `${ok}/` },
      'INVALID_ORIGIN',
    ],
    ['a null origin', { origin: 'null' }, 'MISSING_OR_NULL_ORIGIN'],
    [
      'a null origin of the same site, as forms under a strict referrer policy send',
      { origin: 'null', 'sec-fetch-site': 'same-origin' },
      'passes',
    ],
    ['a null origin of another site', { origin: 'null', 'sec-fetch-site': 'cross-site' }, 'MISSING_OR_NULL_ORIGIN'],
    [
      'another origin with a password that browsers add by themselves',
      { origin: 'https://evil.example', authorization: 'Basic eDp5' },
      'INVALID_ORIGIN',
    ],
    [
      'a cookie alone with a ticket that browsers add by themselves',
      { cookie: 'a=b', authorization: 'negotiate abc' },
      'MISSING_OR_NULL_ORIGIN',
    ],
    ['a cookie alone', { cookie: 'a=b' }, 'MISSING_OR_NULL_ORIGIN'],
    ['a cookie of the same origin', { cookie: 'a=b', 'sec-fetch-site': 'same-origin' }, 'passes'],
    ['a browser that says cross-site', { 'sec-fetch-site': 'cross-site' }, 'MISSING_OR_NULL_ORIGIN'],
    ['a browser that says same-site', { 'sec-fetch-site': 'same-site' }, 'MISSING_OR_NULL_ORIGIN'],
    [
      'a navigation from another site',
      { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' },
      'CROSS_SITE_NAVIGATION_LOGIN_BLOCKED',
    ],
    [
      'another origin that claims to be the same',
      { origin: 'https://evil.example', 'sec-fetch-site': 'same-origin' },
      'INVALID_ORIGIN',
    ],
    [
      'an Authorization header, which no page adds unasked',
      { authorization: 'Bearer x', origin: 'https://evil.example', cookie: 'a=b' },
      'passes',
    ],
    [
      'F45: a navigation from another site that names it, without a cookie',
      { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' },
      'CROSS_SITE_NAVIGATION_LOGIN_BLOCKED',
    ],
    [
      'F45: the same with a cookie',
      { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', cookie: 'a=b' },
      'INVALID_ORIGIN',
    ],
    [
      'F45: the same from a trusted origin',
      { origin: ok, 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' },
      'passes',
    ],
    ["F28: Expo's client, which keeps its own cookies", { 'expo-origin': 'myapp://', cookie: 'a=b' }, 'passes'],
    ["F28: another app's scheme", { 'expo-origin': 'other://', cookie: 'a=b' }, 'INVALID_ORIGIN'],
    [
      'F28: an origin beside the name of an app',
      { 'expo-origin': 'myapp://', origin: 'https://evil.example' },
      'INVALID_ORIGIN',
    ],
    [
      'F28: a browser that names an app',
      { 'expo-origin': 'myapp://', 'sec-fetch-site': 'cross-site' },
      'MISSING_OR_NULL_ORIGIN',
    ],
  ])('%s', async (_name, headers, expected) => {
    expect(await checked(headers)).toBe(expected);
  });

  it.each(['GET', 'HEAD', 'OPTIONS'])('%s changes nothing and is not checked', async (method) => {
    expect(await checked({ origin: 'https://evil.example', cookie: 'a=b' }, method)).toBe('passes');
  });

  it.each(['PUT', 'PATCH', 'DELETE', 'get'])('%s is checked', async (method) => {
    expect(await checked({ origin: 'https://evil.example' }, method)).toBe('INVALID_ORIGIN');
  });
});
