import { requireCallbackUrl } from './callback-url.js';

const ORIGINS = new Set(['https://app.example', 'http://localhost:3000']);
const TRUSTED = { trusts: (origin: string) => Promise.resolve(ORIGINS.has(origin)) };

describe('T069 callback addresses', () => {
  it.each([
    '/',
    '/home',
    '/a/b?c=d#e',
    '/?next=//evil.example',
    '/a?x=%2f',
    '/a#%5c',
    'https://app.example',
    'https://app.example/x?y#z',
    'HTTPS://APP.EXAMPLE/x',
    'https://app.example:443/',
    'http://localhost:3000/x',
    '/:80',
    '/@evil.example',
  ])('%s is taken as it is', async (text) => {
    expect(await requireCallbackUrl(text, TRUSTED)).toBe(text);
  });

  it.each([
    '',
    ' ',
    'home',
    '?x',
    '#x',
    '//evil.example',
    '///evil.example',
    '/\\evil.example',
    '\\\\evil.example',
    '\\/evil.example',
    '/\t/evil.example',
    '/\n/evil.example',
    '\t//evil.example',
    ' /home',
    '/a b',
    '/%2f/evil.example',
    '/%2F%2Fevil.example',
    '/%5cevil.example',
    'https://evil.example',
    'https://app.example.evil.example',
    'https://evil.example/https://app.example',
    'https://app.example@evil.example',
    'https://user@app.example',
    'https://user:pass@app.example',
    'https://app.example:8443',
    'http://app.example',
    'https:app.example',
    'https:/app.example',
    'https:///app.example',
    'https:\\\\app.example',
    'javascript:alert(1)',
    'data:text/html,x',
    'JavaScript://app.example/%0aalert(1)',
    'file:///etc/passwd',
    'myapp://callback',
    'blob:https://app.example/x',
    'https://app.example\\@evil.example',
    'https://[::1',
    'https://app%2eexample.evil',
    '/\u007f',
    '/\0',
  ])('F45: 403 for %j', async (text) => {
    await expect(requireCallbackUrl(text, TRUSTED)).rejects.toThrow(
      expect.objectContaining({ status: 403, code: 'INVALID_CALLBACK_URL', description: 'Invalid callbackURL' }),
    );
  });

  it('T015 what is not ASCII comes out percent-encoded', async () => {
    expect(await requireCallbackUrl('/größe?a=💥#ł', TRUSTED)).toBe('/gr%C3%B6%C3%9Fe?a=%F0%9F%92%A5#%C5%82');
    expect(await requireCallbackUrl('/\u2028\u0085x', TRUSTED)).toBe('/%E2%80%A8%C2%85x');
  });

  it('says the code it was asked to say', async () => {
    await expect(requireCallbackUrl('x', TRUSTED, 'INVALID_ERROR_CALLBACK_URL')).rejects.toThrow(
      expect.objectContaining({ code: 'INVALID_ERROR_CALLBACK_URL', description: 'Invalid errorCallbackURL' }),
    );
  });
});
