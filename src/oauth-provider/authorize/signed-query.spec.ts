import { SecretBox } from '../../common/secrets/secret-box.js';
import { HANDLE_PARAMETER, readSignedQuery, signQuery } from './signed-query.js';

const box = new SecretBox(['a secret of this test, long enough 012345']);
const NOW = 1_800_000_000_000;
const sign = (change: Record<string, string> = {}) =>
  signQuery(
    { client_id: 'web', state: 'a b&c=d', scope: 'openid é', [HANDLE_PARAMETER]: 'the-handle', ...change },
    { expiresAtSeconds: NOW / 1000 + 60, issuedAtMilliseconds: NOW },
    box,
  );

describe('wire 12.3 the signed query', () => {
  it('names what it has signed, when, and until when', () => {
    const query = new URLSearchParams(sign());
    expect(query.get('exp')).toBe(String(NOW / 1000 + 60));
    expect(query.get('ba_iat')).toBe(String(NOW));
    const names = query.getAll('ba_param');
    expect(names).toEqual([...names].toSorted());
    expect(new Set(names)).toEqual(new Set([...query.keys()].filter((name) => name !== 'sig')));
    expect(query.get('sig')).toMatch(/^[A-Za-z0-9+/]{43}=$/);
  });

  it('is read back, in any order of its parameters', () => {
    const query = [...new URLSearchParams(sign())].toReversed();
    expect(readSignedQuery(sign(), NOW, box)).toBe('the-handle');
    expect(readSignedQuery(`?${sign()}`, NOW, box)).toBe('the-handle');
    expect(readSignedQuery(new URLSearchParams(query).toString(), NOW, box)).toBe('the-handle');
  });

  it("is read back beside the page's own parameters, which count for nothing", () => {
    expect(readSignedQuery(`theme=dark&${sign()}&request=x`, NOW, box)).toBe('the-handle');
  });

  it('is read under an older secret', () => {
    const newer = new SecretBox([
      'another secret, the newest of them 01234567',
      'a secret of this test, long enough 012345',
    ]);
    expect(readSignedQuery(sign(), NOW, newer)).toBe('the-handle');
  });

  it('T062 ends with exp', () => expect(readSignedQuery(sign(), NOW + 60_000, box)).toBeNull());

  it.each<[string, (query: URLSearchParams) => void]>([
    ['another handle', (query) => query.set(HANDLE_PARAMETER, 'another')],
    ['a second handle', (query) => query.append(HANDLE_PARAMETER, 'another')],
    ['another client', (query) => query.set('client_id', 'other')],
    ['a longer life', (query) => query.set('exp', String(NOW))],
    ['one parameter more, said to be signed', (query) => (query.append('x', '1'), query.append('ba_param', 'x'))],
    ['a handle that is not said to be signed', (query) => query.delete('ba_param', HANDLE_PARAMETER)],
    ['a signature that signs itself', (query) => query.append('ba_param', 'sig')],
    ['one parameter less', (query) => query.delete('state')],
    ['no signature', (query) => query.delete('sig')],
    ['two signatures', (query) => query.append('sig', query.get('sig')!)],
    ['an empty signature', (query) => query.set('sig', '')],
    ['a changed signature', (query) => query.set('sig', `A${query.get('sig')!.slice(1)}=`)],
    [
      'base64url',
      (query) => query.set('sig', query.get('sig')!.replaceAll('+', '-').replaceAll('/', '_').replace('=', '')),
    ],
  ])('T065 %s is refused', (_name, change) => {
    const query = new URLSearchParams(sign());
    change(query);
    expect(readSignedQuery(query.toString(), NOW, box)).toBeNull();
  });

  it.each(['', 'sig=', '%', 'a=%ff&sig=x', `sig=${'x'.repeat(10_000)}`])('T065 %j is refused', (text) =>
    expect(readSignedQuery(text, NOW, box)).toBeNull(),
  );

  it('T065 one of another server is refused', () => {
    const other = new SecretBox(['another secret, of another server 0123456789']);
    expect(readSignedQuery(sign(), NOW, other)).toBeNull();
  });
});
