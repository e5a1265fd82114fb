import { Controller, Get, Req } from '@nestjs/common';
import type { MtlsOptions } from '../../src/index.js';
import type { TestApp } from '../support/app.js';
import { authority, escapedPem, issue, rfc9440 } from '../support/certificates.js';
import { send } from '../support/http.js';
import { askAs, createMtlsApp, holder, MALFORMED, outcome, REFUSED } from '../support/mtls.js';
import { rawRequest, sendRaw } from '../support/raw.js';

const root = authority();
const between = authority('Between', { issuer: root });
const one = issue({ issuer: between });
const self = issue();
const good = rfc9440(self);
const base64 = self.der.toString('base64');
const pem = escapedPem(self);
const CLIENTS = [
  holder('self', { jwks: { keys: [self.jwk] } }, 'self_signed_tls_client_auth'),
  holder('issued', { tls_client_auth_subject_dn: 'CN=client' }),
];
const HASH = Buffer.from(self.thumbprint, 'base64url').toString('hex');

@Controller('seen')
class Seen {
  @Get() headers(@Req() { headers }: { headers: Record<string, unknown> }) {
    return headers;
  }
}

type Headers = Record<string, string>;

/** What a header of a trusted proxy gives, and the same of anybody else. */
function table(format: string, mtls: MtlsOptions, rows: [string, string, Headers, unknown][]) {
  describe(format, () => {
    let host: TestApp;
    let stranger: TestApp;
    beforeAll(async () => {
      host = await createMtlsApp(mtls, CLIENTS, { controllers: [Seen] });
      const { databaseUrl } = host;
      const auth = { trustProxy: ['192.0.2.1'] };
      stranger = await createMtlsApp(mtls, CLIENTS, { databaseUrl, auth, controllers: [Seen] });
    });
    afterAll(async () => {
      await stranger.close();
      await host.close();
    });

    it.each(rows)('RFC 9440 2: %s, as %s', async (_what, clientId, headers, expected) => {
      expect(outcome(await askAs(host, clientId, headers))).toEqual(expected);
    });

    it.each(rows)(
      'T160, RFC 9440 4: %s, as %s, from anybody but a trusted proxy is as absent',
      async (_what, clientId, headers) => {
        expect(outcome(await askAs(stranger, clientId, headers))).toEqual(REFUSED);
        const seen = (await send(`${stranger.url}/seen`, { headers })).body;
        for (const name of Object.keys(headers).filter((known) => known !== 'x-other'))
          expect(seen).not.toHaveProperty(name);
        expect((await send(`${host.url}/seen`, { headers })).body).toMatchObject(
          Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, value.trim()])),
        );
      },
    );

    it('T160, RFC 9440 2: a header that is there twice is refused, and of a stranger not even that', async () => {
      const [[, , headers]] = rows as [[string, string, Headers, unknown]];
      const [name, value] = Object.entries(headers)[0]!;
      const body = 'grant_type=client_credentials&client_id=self';
      const lines = ['Content-Type: application/x-www-form-urlencoded', `${name}: ${value}`, `${name}: ${value}`];
      const request = rawRequest('POST', '/api/auth/oauth2/token', lines, body);
      expect((await sendRaw(host.url, request)).status).toBe(400);
      expect((await sendRaw(stranger.url, request)).status).toBe(401);
    });
  });
}

const cert = (value: string): Headers => ({ 'client-cert': value });
const chained = (value: string, chain: string): Headers => ({ 'client-cert': value, 'client-cert-chain': chain });
const tampered = Buffer.concat([self.der.subarray(0, -1), Buffer.of(self.der.at(-1)! ^ 1)]);

table('Client-Cert', { ca: root.pem }, [
  ['a certificate', 'self', cert(good), 200],
  ['with spaces around it', 'self', cert(`  ${good}\t`), 200],
  ['a certificate and its chain', 'issued', chained(rfc9440(one), `${rfc9440(between)} , ${rfc9440(root)}`), 200],
  ['without its chain', 'issued', cert(rfc9440(one)), REFUSED],
  ['nothing in it', 'self', cert(''), REFUSED],
  ['an empty chain', 'self', chained(good, ''), 200],
  ['no colons', 'self', cert(base64), MALFORMED],
  ['a colon at one end', 'self', cert(`:${base64}`), MALFORMED],
  ['a quoted text', 'self', cert(`"${base64}"`), MALFORMED],
  ['a parameter', 'self', cert(`${good};a=1`), MALFORMED],
  ['two of them', 'self', cert(`${good}, ${good}`), MALFORMED],
  ['two colons', 'self', cert(':'), MALFORMED],
  ['an empty sequence', 'self', cert('::'), MALFORMED],
  ['base64url', 'self', cert(`:${self.der.toString('base64url')}-_:`), MALFORMED],
  ['a space inside', 'self', cert(`:${base64.slice(0, 8)} ${base64.slice(8)}:`), MALFORMED],
  ['padding that is too long', 'self', cert(`:${base64}==:`), MALFORMED],
  ['bits in the padding', 'self', cert(':MB==:'), MALFORMED],
  ['text', 'self', cert(`:${btoa('hello')}:`), MALFORMED],
  ['PEM', 'self', cert(`:${btoa(self.pem)}:`), MALFORMED],
  ['URL-encoded PEM', 'self', cert(pem), MALFORMED],
  ['half a certificate', 'self', cert(rfc9440({ der: self.der.subarray(0, 100) })), MALFORMED],
  ['bytes behind it', 'self', cert(rfc9440({ der: Buffer.concat([self.der, Buffer.of(0)]) })), MALFORMED],
  ['two in one', 'self', cert(rfc9440({ der: Buffer.concat([self.der, self.der]) })), MALFORMED],
  ['a key', 'self', cert(rfc9440({ der: self.privateKey.export({ type: 'pkcs8', format: 'der' }) })), MALFORMED],
  ['a length without end', 'self', cert(`:${Buffer.from('30800500', 'hex').toString('base64')}:`), MALFORMED],
  ['deep nesting', 'self', cert(`:${Buffer.alloc(3_000, 0x30).toString('base64')}:`), MALFORMED],
  ['a certificate of somebody else', 'self', cert(rfc9440(issue())), REFUSED],
  ['another signature, which nobody checks', 'self', cert(rfc9440({ der: tampered })), 200],
  ['a chain alone', 'self', { 'client-cert-chain': good }, MALFORMED],
  ['a chain that is none', 'self', chained(good, 'none'), MALFORMED],
  ['a chain that ends in a comma', 'self', chained(good, `${rfc9440(root)},`), MALFORMED],
  [
    'a chain with the certificate itself',
    'issued',
    chained(rfc9440(one), `${rfc9440(one)}, ${rfc9440(between)}`),
    MALFORMED,
  ],
  ['a chain that is long', 'self', chained(good, Array.from({ length: 9 }, () => rfc9440(root)).join(',')), MALFORMED],
  ['another header', 'self', { 'x-other': good }, REFUSED],
]);

const escaped = (value: string): Headers => ({ 'x-client-cert': value });
table('URL-encoded PEM', { format: 'urlencoded-pem', header: 'X-Client-Cert', ca: root.pem }, [
  ['as nginx writes it', 'self', escaped(pem), 200],
  ['as AWS writes it', 'self', escaped(pem.replaceAll('%2B', '+').replaceAll('%2F', '/').replaceAll('%3D', '=')), 200],
  ['as Traefik writes it', 'self', escaped(encodeURIComponent(base64)), 200],
  ['with its chain', 'issued', escaped(escapedPem(one, between)), 200],
  [
    'with its chain, as Traefik writes it',
    'issued',
    escaped([one, between].map(({ der }) => der.toString('base64')).join(',')),
    200,
  ],
  ['with line ends of Windows', 'self', escaped(encodeURIComponent(self.pem.replaceAll('\n', '\r\n'))), 200],
  ['half an escape', 'self', escaped(`${pem}%0`), MALFORMED],
  ['an escape that is none', 'self', escaped(`${pem}%zz`), MALFORMED],
  ['bytes that are no UTF-8', 'self', escaped(`${pem}%ff`), MALFORMED],
  ['a text behind it', 'self', escaped(`${pem}x`), MALFORMED],
  ['a text before it', 'self', escaped(`x${pem}`), MALFORMED],
  ['no end', 'self', escaped(pem.slice(0, -30)), MALFORMED],
  ['a key', 'self', escaped(encodeURIComponent(self.key)), MALFORMED],
  ['two commas', 'self', escaped(`${base64},,${base64}`), MALFORMED],
  ['a byte sequence', 'self', escaped(good), MALFORMED],
  ['nothing', 'self', escaped(''), REFUSED],
  ['the header of RFC 9440', 'self', { 'x-other': good }, REFUSED],
]);

const xfcc = (value: string): Headers => ({ 'x-forwarded-client-cert': value });
table('X-Forwarded-Client-Cert', { format: 'xfcc', ca: root.pem }, [
  [
    'as Envoy writes it',
    'self',
    xfcc(`Hash=${HASH};Cert="${pem}";Subject="CN=\\"a\\", O=b";URI=spiffe://a;DNS=a.example;DNS=b.example`),
    200,
  ],
  ['a chain, which begins with the certificate', 'issued', xfcc(`Chain="${escapedPem(one, between)}"`), 200],
  [
    'a certificate and its chain',
    'issued',
    xfcc(`By=spiffe://x;cert="${escapedPem(one)}";chain="${escapedPem(one, between)}"`),
    200,
  ],
  ['of two proxies', 'self', xfcc(`Cert="${pem}",Cert="${pem}"`), MALFORMED],
  ['a digest alone', 'self', xfcc(`Hash=${HASH}`), MALFORMED],
  ['the digest of another', 'self', xfcc(`Hash=${HASH.replaceAll(/./g, '0')};Cert="${pem}"`), MALFORMED],
  ['two certificates', 'self', xfcc(`Cert="${pem}";Cert="${escapedPem(one)}"`), MALFORMED],
  ['a certificate that is hidden in a name', 'self', xfcc(`Subject="Cert=${pem}"`), MALFORMED],
  ['a chain of another', 'self', xfcc(`Cert="${pem}";Chain="${escapedPem(one)}"`), MALFORMED],
  ['a quote that is open', 'self', xfcc(`Cert="${pem}`), MALFORMED],
  ['a text after a quote', 'self', xfcc(`Cert="${pem}"x`), MALFORMED],
  ['no pair', 'self', xfcc('Cert'), MALFORMED],
  ['nothing', 'self', xfcc(''), REFUSED],
]);

const verdict = (value: string, clientId = 'issued'): [string, Headers] => [
  clientId,
  { 'x-client-cert': escapedPem(one), 'x-client-verify': value },
];
table(
  'a proxy that verifies',
  { format: 'urlencoded-pem', header: 'X-Client-Cert', verifiedHeader: 'X-Client-Verify' },
  [
    ['SUCCESS', ...verdict('SUCCESS'), 200],
    ['another verdict', ...verdict('FAILED:unable to verify the first certificate'), REFUSED],
    ['NONE', ...verdict('NONE'), REFUSED],
    ['in small letters', ...verdict('success'), REFUSED],
    ['twice in one', ...verdict('SUCCESS, SUCCESS'), REFUSED],
    ['a verdict alone', 'issued', { 'x-client-verify': 'SUCCESS' }, REFUSED],
    ['no verdict', 'issued', { 'x-client-cert': escapedPem(one) }, REFUSED],
  ],
);
