import { resolveCoreOptions } from '../../common/options/core-options.js';
import { resolvePasskeysOptions, type PasskeysOptions } from '../passkeys.options.js';
import { RelyingParty } from './relying-party.js';

const SECRET = 'thirty-two characters of a secret';
const party = (issuer: string, options: PasskeysOptions = {}, trustedOrigins: string[] = []) =>
  new RelyingParty(resolveCoreOptions({ issuer, secret: SECRET, trustedOrigins }), resolvePasskeysOptions(options));

describe('RelyingParty', () => {
  it('is the host of the issuer, at its origin and at the trusted ones', () => {
    const { id, name, origins } = party('https://auth.example.com', {}, ['https://admin.auth.example.com']);
    expect([id, name]).toEqual(['auth.example.com', 'auth.example.com']);
    expect(origins).toEqual(['https://auth.example.com', 'https://admin.auth.example.com']);
  });

  it('is a domain above where the host says so, and of apps that it names', () => {
    const app = `android:apk-key-hash:${'a'.repeat(43)}`;
    const origins = ['https://shop.example.com:8443'];
    const made = party(
      'https://auth.example.com',
      { rpId: 'example.com', rpName: 'Shop', origins, appOrigins: [app] },
      ['https://other.example'],
    );
    expect([made.id, made.name]).toEqual(['example.com', 'Shop']);
    expect(made.origins).toEqual(['https://auth.example.com', 'https://shop.example.com:8443', app]);
  });

  it.each<[string, string, PasskeysOptions, string[]]>([
    ['another site', 'https://auth.example.com', { rpId: 'other.example' }, []],
    ['the end of a name that is no label', 'https://auth.myexample.com', { rpId: 'example.com' }, []],
    ['a domain below the issuer', 'https://example.com', { rpId: 'auth.example.com' }, []],
    ['a top-level domain', 'https://example.com', { rpId: 'com' }, []],
    ['a trusted origin elsewhere', 'https://example.com', {}, ['https://other.example']],
    ['an origin elsewhere', 'https://example.com', { origins: ['https://other.example'] }, []],
  ])('refuses %s', (_what, issuer, options, trusted) => {
    expect(() => party(issuer, options, trusted)).toThrow(/passkeys: .* is not at .* or below/);
  });

  it('refuses an IP address, which no passkey can belong to', () => {
    expect(() => party('http://127.0.0.1:3000')).toThrow(/is an IP address/);
    expect(() => party('http://[::1]:3000')).toThrow(/is an IP address/);
  });

  it.each<[PasskeysOptions, RegExp]>([
    [{ appOrigins: ['https://example.com'] }, /passkeys.appOrigins/],
    [{ rpId: 'https://example.com' }, /passkeys.rpId/],
    [{ maxPerUser: 0 }, /passkeys.maxPerUser/],
    [{ userVerification: 'always' as never }, /passkeys.userVerification/],
  ])('refuses %j', (options, words) => {
    expect(() => party('https://example.com', options)).toThrow(words);
  });
});
