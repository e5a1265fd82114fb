import { isCodeChallenge, isCodeVerifier, verifierMatches } from './pkce.js';

describe('RFC 7636', () => {
  it('appendix B the example', () => {
    const verifier = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';
    expect(verifierMatches(verifier, 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM')).toBe(true);
    expect(verifierMatches(`${verifier}x`, 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM')).toBe(false);
  });

  it.each(['a'.repeat(43), 'A-._~9'.repeat(10), 'z'.repeat(128)])('4.1 T077 %s is a verifier', (text) =>
    expect(isCodeVerifier(text)).toBe(true),
  );
  it.each(['', 'a'.repeat(42), 'a'.repeat(129), `${'a'.repeat(43)}+`, `${'a'.repeat(43)}\n`, 'é'.repeat(43)])(
    '4.1 T077 %j is none',
    (text) => {
      expect(isCodeVerifier(text)).toBe(false);
      expect(verifierMatches(text, text)).toBe(false);
    },
  );

  it.each(['', 'a'.repeat(42), 'a'.repeat(44), `${'a'.repeat(42)}=`, `${'a'.repeat(42)}+`, `${'a'.repeat(43)}\n`])(
    '4.2 T059 %j is no challenge',
    (text) => expect(isCodeChallenge(text)).toBe(false),
  );

  it('4.6 plain: a verifier that is its own challenge is refused', () => {
    expect(verifierMatches('a'.repeat(43), 'a'.repeat(43))).toBe(false);
  });
});
