import { resolveCoreOptions } from '../../src/common/options/core-options.js';
import { SecretBox } from '../../src/common/secrets/secret-box.js';
import type { OAuthProviderOptions, StaticClientOptions } from '../../src/index.js';
import { staticClientRow, staticClientRows } from '../../src/oauth-provider/clients/static-clients.js';
import { resolveOAuthProviderOptions } from '../../src/oauth-provider/oauth-provider.settings.js';
import { TEST_ISSUER, TEST_SECRET, type TestApp } from '../support/app.js';
import * as oauth from '../support/client-auth.js';
import { send, type Answer } from '../support/http.js';

const { MACHINE, SPA, WEB, basic, proof } = oauth;
const ODD = { ...MACHINE, clientId: 'https://odd.example/a b', clientSecret: 'a:b%c d+e&f=ü'.replace('ü', '~') };
const POSTING = { ...MACHINE, clientId: 'posting', tokenEndpointAuthMethod: 'client_secret_post' as const };
const BASIC_ONLY = { ...MACHINE, clientId: 'basic-only', tokenEndpointAuthMethod: 'client_secret_basic' as const };
const SIGNING = {
  ...MACHINE,
  clientId: 'signing',
  clientSecret: 'a secret that signs, long enough 0123456789',
  tokenEndpointAuthMethod: 'client_secret_jwt' as const,
};
const GRANT = { grant_type: 'client_credentials' };
const ROUTES = [
  'oauth2/token',
  'oauth2/introspect',
  'oauth2/revoke',
  'oauth/token',
  'oauth/introspect',
  'oauth/revoke',
];

const encoded = (text: string) => ({ authorization: `Basic ${Buffer.from(text).toString('base64')}` });
const fault = ({ status, body }: Answer) => [status, body?.error];

describe.each(['express', 'fastify'] as const)('client authentication on %s', (adapter) => {
  let host: TestApp;
  beforeAll(async () => {
    const clients = [MACHINE, SPA, WEB, ODD, POSTING, BASIC_ONLY, SIGNING];
    host = await oauth.createOAuthApp({ adapter, clients });
  });
  afterAll(() => host.close());

  const token = (fields: Record<string, string>, headers: Record<string, string> = {}) =>
    oauth.submit(host, 'oauth2/token', { ...GRANT, ...fields }, headers);
  const inForm = ({ clientId, clientSecret }: StaticClientOptions) => ({
    client_id: clientId,
    client_secret: clientSecret!,
  });

  it('2.3.1 by Basic and by the form, as registered; either where no method was named', async () => {
    expect((await token({}, proof(MACHINE))).status).toBe(200);
    expect((await token(inForm(MACHINE))).status).toBe(200);
    expect((await token(inForm(POSTING))).status).toBe(200);
    expect((await token({}, proof(BASIC_ONLY))).status).toBe(200);
    expect((await token({ client_id: 'machine' }, proof(MACHINE))).status).toBe(200);
  });

  it.each(ROUTES)(
    'T078 at %s: missing or wrong is 401 invalid_client, with a challenge if Basic was tried',
    async (route) => {
      const fields = { ...GRANT, token: 'x' };
      const post = (more: Record<string, string>, headers = {}) =>
        oauth.submit(host, route, { ...fields, ...more }, headers);
      for (const answer of [
        await post({}),
        await post({ client_id: 'machine' }),
        await post({ client_id: 'machine', client_secret: 'wrong' }),
        await post({ client_id: 'spa', client_secret: 'any' }),
      ]) {
        expect(fault(answer)).toEqual([401, 'invalid_client']);
        expect(answer.headers.get('www-authenticate')).toBeNull();
        expect(answer.headers.get('cache-control')).toBe('no-store');
      }
      const tried = await post({}, basic('machine', 'wrong'));
      expect(fault(tried)).toEqual([401, 'invalid_client']);
      expect(tried.headers.get('www-authenticate')).toMatch(/^Basic realm=/);
    },
  );

  it.each(ROUTES)('T079 2.3 at %s: two ways at once are 400 invalid_request, whichever is right', async (route) => {
    const fields = { ...GRANT, token: 'x' };
    const second: Record<string, string>[] = [
      { client_secret: MACHINE.clientSecret! },
      { client_id: 'machine', client_secret: 'wrong' },
      { client_id: 'spa' },
      oauth.byAssertion('a.b.c'),
    ];
    for (const more of second)
      expect(fault(await oauth.submit(host, route, { ...fields, ...more }, proof(MACHINE)))).toEqual([
        400,
        'invalid_request',
      ]);
  });

  it('T079 2.3.1 a secret in the address is not looked at', async () => {
    const query = new URLSearchParams({ ...GRANT, ...inForm(MACHINE) });
    for (const route of ['token', 'introspect', 'revoke']) {
      const url = `${host.url}/api/auth/oauth2/${route}?${query}`;
      const answer = await send(url, { body: new URLSearchParams({ ...GRANT, token: 'x' }) });
      expect(fault(answer)).toEqual([401, 'invalid_client']);
    }
  });

  it('T079 a method other than the registered one is 401 invalid_client', async () => {
    for (const answer of [
      await token({}, proof(POSTING)),
      await token(inForm(BASIC_ONLY)),
      await token(inForm(SIGNING)),
      await token({}, proof(SIGNING)),
      await token({ client_id: 'basic-only' }),
      await token(
        oauth.byAssertion(await oauth.assertionOf('machine', new TextEncoder().encode(MACHINE.clientSecret))),
      ),
    ])
      expect(fault(answer)).toEqual([401, 'invalid_client']);
  });

  it('T080 2.3.1 both parts are form-decoded, and split at the first colon', async () => {
    expect((await token({}, proof(ODD))).status).toBe(200);
    // Every octet may be encoded, and the scheme is written in any case.
    const percent = (text: string) => [...Buffer.from(text)].map((byte) => `%${byte.toString(16)}`).join('');
    const header = encoded(`${percent(ODD.clientId)}:${percent(ODD.clientSecret)}`).authorization;
    for (const scheme of ['Basic', 'basic', 'BASIC'])
      expect((await token({}, { authorization: header.replace('Basic', scheme) })).status).toBe(200);
    // A colon that was not encoded belongs to the secret.
    const loose = encoded(`${encodeURIComponent(ODD.clientId)}:a:b%25c+d%2Be%26f%3D~`);
    expect((await token({}, loose)).status).toBe(200);
  });

  it.each([
    ['no base64', { authorization: 'Basic !!!' }],
    ['nothing', { authorization: 'Basic ' }],
    ['no colon', encoded('machine')],
    ['an empty secret', encoded('machine:')],
    ['an empty id', encoded(':secret')],
    ['a bad percent', encoded('machine:%zz')],
    ['a half percent', encoded('machine:%')],
    ['a NUL', encoded('machine:secret%00of machine')],
    ['a NUL byte', encoded('machine:secret\0')],
    ['a line break', encoded('machine:secret%0D%0Aof')],
    ['no UTF-8', { authorization: `Basic ${Buffer.from([0x6d, 0x3a, 0xff, 0xfe]).toString('base64')}` }],
    ['a control character in the id', encoded('%07:secret')],
    ['more than it takes', encoded(`machine:${'x'.repeat(5_000)}`)],
    ['Bearer', { authorization: 'Bearer abc' }],
    ['an unknown scheme', { authorization: 'Digest username="machine"' }],
  ])('T080 a header with %s is 401, never 500', async (_, headers) => {
    expect(fault(await token({}, headers))).toEqual([401, 'invalid_client']);
  });

  it('T081 unknown client, wrong secret, wrong method, a public client: one answer', async () => {
    const answers = [
      await token({}, basic('nobody', 'secret')),
      await token({}, basic('machine', 'secret')),
      await token({}, basic('posting', POSTING.clientSecret!)),
      await token({}, basic('spa', 'secret')),
      await token({}, basic('x'.repeat(1_000), 'secret')),
    ].map(({ status, text, headers }) => [status, text, headers.get('www-authenticate')]);
    expect(new Set(answers.map((one) => JSON.stringify(one))).size).toBe(1);
  });

  it.each([['password'], ['urn:ietf:params:oauth:grant-type:jwt-bearer'], ['implicit'], ['client_credentials ']])(
    'T082 5.2 grant_type %s is unsupported_grant_type, to proven clients',
    async (grant) => {
      expect(fault(await token({ grant_type: grant }, proof(MACHINE)))).toEqual([400, 'unsupported_grant_type']);
      expect(fault(await token({ grant_type: grant }, basic('machine', 'wrong')))).toEqual([401, 'invalid_client']);
    },
  );

  it('3.2 grant_type missing or a parameter repeated is 400 invalid_request', async () => {
    expect(fault(await oauth.submit(host, 'oauth2/token', {}, proof(MACHINE)))).toEqual([400, 'invalid_request']);
    const twice: [string, string][] = [
      ['grant_type', 'client_credentials'],
      ['scope', 'reports:read'],
      ['scope', 'reports:write'],
    ];
    expect(fault(await oauth.submit(host, 'oauth2/token', twice, proof(MACHINE)))).toEqual([400, 'invalid_request']);
  });
});

describe('options of clients', () => {
  const core = resolveCoreOptions({ issuer: TEST_ISSUER, secret: TEST_SECRET });
  const settings = resolveOAuthProviderOptions({}, core);

  it.each<[string, StaticClientOptions]>([
    ['private_key_jwt', { clientId: 'x', tokenEndpointAuthMethod: 'private_key_jwt' }],
    ['32 bytes', { clientId: 'x', clientSecret: 'short', tokenEndpointAuthMethod: 'client_secret_jwt' }],
    ['clientSecret', { clientId: 'x', tokenEndpointAuthMethod: 'client_secret_post' }],
    ['the method none', { clientId: 'x', clientSecret: 'y', tokenEndpointAuthMethod: 'none' }],
    // An environment variable that is not set must not make a confidential client a public one.
    ['clientSecret has no value', { clientId: 'x', clientSecret: undefined }],
    ['clientSecret has no value', { clientId: 'x', clientSecret: '' }],
    ['there is no option "skipconsent"', { clientId: 'x', skipconsent: true } as StaticClientOptions],
  ])('one that cannot prove itself as it is to stops the boot: %s', (words, client) => {
    expect(() => staticClientRow(client, settings, new SecretBox([TEST_SECRET]))).toThrow(words);
  });

  it.each(['id_token_signed_response_alg', 'userinfo_signed_response_alg'] as const)(
    '%s that no key is kept for stops the boot, instead of 503 for every user of the client',
    (name) => {
      const client: StaticClientOptions = { clientId: 'x', metadata: { [name]: 'ES384' } };
      expect(() => staticClientRow(client, settings, new SecretBox([TEST_SECRET]))).toThrow(`${name} ES384`);
    },
  );

  it('a public client may say so beside a secret that has no value', () => {
    const client = { clientId: 'x', clientSecret: undefined, tokenEndpointAuthMethod: 'none' } as const;
    expect(staticClientRow(client, settings, new SecretBox([TEST_SECRET])).secret_hash).toBeNull();
  });

  it.each<[string, OAuthProviderOptions]>([
    ['"agent:x" reads like the id of an agent', { clients: [{ clientId: 'agent:x' }] }],
    ['"x" is listed twice', { clients: [{ clientId: 'x' }, { clientId: 'x', scopes: [] }] }],
    ['has no clientId', { clients: [{ clientId: '' }] }],
  ])('a list that says less than it seems to stops the boot: %s', (words, options) => {
    const resolve = () => staticClientRows(resolveOAuthProviderOptions(options, core), new SecretBox([TEST_SECRET]));
    expect(resolve).toThrow(words);
  });
});
