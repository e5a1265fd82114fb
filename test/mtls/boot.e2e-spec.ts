import { AuthModule, type AuthOptions, type MtlsOptions } from '../../src/index.js';
import { testOptions } from '../support/app.js';
import { bootError } from '../support/boot-error.js';
import { authority, extension, issue } from '../support/certificates.js';
import { sequence, tlv } from '../support/der.js';
import { holder } from '../support/mtls.js';

const root = authority();
const constrained = authority('x', {
  extensions: [extension('2.5.29.30', sequence(tlv(0xa0, sequence(tlv(0x82, Buffer.from('example'))))))],
});
const stop = (options: Partial<AuthOptions>) =>
  bootError(() => [AuthModule.forRoot(testOptions({ checkMigrations: false, trustProxy: ['loopback'], ...options }))]);

describe('the option mtls', () => {
  it('T160, RFC 9440 4: without trusted proxies it stops the start, and without headers it needs none', async () => {
    expect(await stop({ mtls: {}, trustProxy: [] })).toMatch(/^mtls: without trustProxy .*Name the proxy/);
    const mtls = { getCertificate: () => null, ca: 'none' };
    expect(await stop({ mtls, trustProxy: [] })).toMatch(/^mtls\.ca: /);
  });

  it.each<[string, MtlsOptions, RegExp]>([
    ['a format that there is not', { format: 'pem' as 'xfcc' }, /^mtls\.format: "pem" is not offered/],
    ['PEM without a header', { format: 'urlencoded-pem' }, /^mtls\.header: .*Name the one that the proxy sets/],
    ['a header that is none', { header: 'client cert' }, /^mtls\.header: "client cert" is not the name of a header/],
    ['a header of everybody', { header: 'Authorization' }, /^mtls\.header: "Authorization" is not/],
    ['one header twice', { header: 'X-Cert', verifiedHeader: 'x-cert' }, /^mtls: a header has two meanings/],
    ['a chain beside PEM', { format: 'urlencoded-pem', header: 'X-C', chainHeader: 'X-D' }, /^mtls\.chainHeader: /],
    ['a value without its header', { verifiedValue: 'yes' }, /^mtls\.verifiedValue: there is no verifiedHeader/],
    ['a value that fits no header', { verifiedHeader: 'X-V', verifiedValue: 'a\nb' }, /^mtls\.verifiedValue: "a\\nb"/],
    ['two that judge', { ca: root.pem, verifiedHeader: 'X-V' }, /^mtls\.ca: with verifiedHeader two would say/],
    ['a header beside a function', { getCertificate: () => null, header: 'X-C' }, /^mtls\.getCertificate: /],
    ['authorities that are no PEM', { ca: 'root.pem' }, /^mtls\.ca: it holds no certificates in PEM/],
    ['no authorities', { ca: [] }, /^mtls\.ca: it is empty/],
    [
      'a certificate of no authority',
      { ca: [root.pem, issue().pem] },
      /^mtls\.ca\[1\]: "CN=client": it is no certificate/,
    ],
    [
      'an authority that may not sign',
      { ca: authority('x', { keyUsage: 0x80 }).pem },
      /^mtls\.ca: "CN=x": it is no certificate/,
    ],
    ['an authority for certain names', { ca: constrained.pem }, /^mtls\.ca: "CN=x": constraints on names/],
    ['aliases that are no address', { aliasesAt: 'mtls.example.com' }, /^mtls\.aliasesAt: .*is not a base address/],
    ['aliases by plain http', { aliasesAt: 'http://mtls.example.com' }, /^mtls\.aliasesAt: .*is not a base address/],
    ['aliases that are none', { aliasesAt: 'http://localhost:3000/' }, /^mtls\.aliasesAt: it is the issuer/],
    ['a misspelt option', { headers: 'X-C' } as MtlsOptions, /^mtls: there is no option "headers"/],
  ])('RFC 8705: %s stops the start', async (_what, mtls, message) => {
    expect(await stop({ mtls })).toMatch(message);
  });

  it('RFC 8705 3.4: tokens that are to be bound to certificates that nobody reads', async () => {
    const provider = { jwt: true, oauthProvider: { requireBoundTokens: 'certificate' } } as const;
    expect(await stop(provider)).toMatch(/^oauthProvider\.requireBoundTokens: certificates are not read/);
  });

  it('RFC 8705 2.1: a client by its subject, where nothing proves a path', async () => {
    const clients = [holder('x', { tls_client_auth_subject_dn: 'CN=client' })];
    expect(await stop({ mtls: {}, jwt: true, oauthProvider: { clients } })).toMatch(
      /^oauthProvider\.clients: "x": token_endpoint_auth_method: this server does not offer it/,
    );
  });
});
