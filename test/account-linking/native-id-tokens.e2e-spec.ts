import { createHash } from 'node:crypto';
import type { ProviderOptions } from '../../src/index.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { Browser } from '../support/browser.js';
import { json, metadataOf, startUpstream, type Upstream } from '../support/provider-upstream.js';
import { post } from '../support/travel.js';

const TENANT = '11111111-2222-3333-4444-555555555555';
const IDS = { google: ['web.apps', 'ios.apps', 'android.apps'], apple: ['com.example.web', 'com.example.ios'] };
const hashed = (nonce: string, form: 'hex' | 'base64url' = 'hex') => createHash('sha256').update(nonce).digest(form);

/** ID tokens as the SDKs of the providers give them to apps. */
describe('F26: OIDC Core 3.1.3.7 native sign-in of each preset', () => {
  let host: TestApp;
  let upstream: Upstream;
  let entra: Upstream;
  beforeAll(async () => {
    upstream = await startUpstream();
    entra = await startUpstream();
    const issuerOfTenant = `${entra.origin}/${TENANT}/v2.0`;
    entra.on(`/${TENANT}/v2.0/.well-known/openid-configuration`, (_request, response) =>
      json(response, { ...metadataOf(entra.origin), issuer: issuerOfTenant }),
    );
    const issuer = upstream.origin;
    const providers: ProviderOptions[] = [
      { providerId: 'apple', issuer, preset: 'apple', clientId: IDS.apple, clientSecret: 'unused' },
      { providerId: 'google', issuer, preset: 'google', clientId: IDS.google },
      {
        providerId: 'microsoft',
        preset: 'microsoft',
        authority: entra.origin,
        tenantId: TENANT,
        clientId: 'entra-app',
      },
      { providerId: 'gitlab', issuer, preset: 'gitlab', clientId: 'gitlab-app' },
      { providerId: 'slack', issuer, preset: 'slack', clientId: 'slack-app' },
    ];
    host = await createTestApp({ auth: { allowPrivateNetwork: true, accountLinking: { providers } } });
  });
  afterAll(async () => {
    await host.close();
    await upstream.close();
    await entra.close();
  });

  let count = 0;
  const claimsOf = (provider: string, change: Record<string, unknown> = {}) => {
    const now = Math.floor(Date.now() / 1000);
    const email = `native-${++count}@example.com`;
    const common = { iss: upstream.origin, sub: `${provider}-${count}`, iat: now, exp: now + 600, email };
    const shapes: Record<string, object> = {
      apple: {
        aud: 'com.example.ios',
        auth_time: now,
        email_verified: 'true',
        is_private_email: 'true',
        nonce_supported: true,
      },
      google: { aud: 'web.apps', azp: 'ios.apps', email_verified: true, name: 'Ada Lovelace', given_name: 'Ada' },
      microsoft: {
        iss: `${entra.origin}/${TENANT}/v2.0`,
        aud: 'entra-app',
        tid: TENANT,
        oid: `00000000-0000-0000-0000-00000000000${count % 10}`,
        ver: '2.0',
        name: 'Ada Lovelace',
      },
      gitlab: { aud: 'gitlab-app', name: 'Ada Lovelace' },
      slack: { aud: 'slack-app', name: 'Ada Lovelace' },
    };
    return { ...common, ...shapes[provider], ...change };
  };
  const signIn = async (provider: string, change: Record<string, unknown>, beside: Record<string, unknown> = {}) => {
    const signer = provider === 'microsoft' ? entra : upstream;
    const token = await signer.sign(claimsOf(provider, change));
    return post(host, new Browser(), 'sign-in/social', { provider, idToken: { token, ...beside } });
  };

  it.each<[string, string, Record<string, unknown>, Record<string, unknown>]>([
    ['Apple: the hash of the nonce', 'apple', { nonce: hashed('raw-1') }, { nonce: 'raw-1' }],
    ['Apple: the nonce itself', 'apple', { nonce: 'raw-2' }, { nonce: 'raw-2' }],
    ['Apple: the hash in capitals (.NET)', 'apple', { nonce: hashed('raw-5').toUpperCase() }, { nonce: 'raw-5' }],
    ['Apple: a platform that passes no nonce on', 'apple', { nonce_supported: false }, { nonce: 'raw-6' }],
    ['Apple: the same as a text', 'apple', { nonce_supported: 'false' }, { nonce: 'raw-7' }],
    ['Apple: no nonce at all', 'apple', {}, {}],
    ['Apple: the web client', 'apple', { aud: 'com.example.web' }, {}],
    ['Google: a nonce that the SDK has added', 'google', { nonce: 'made by the SDK' }, {}],
    ['Google: the same, with an empty nonce beside it', 'google', { nonce: 'made by the SDK' }, { nonce: '' }],
    ['Google: null for what there is not', 'google', {}, { nonce: null, accessToken: null, refreshToken: null }],
    ['Google: the nonce that the app sent', 'google', { nonce: 'raw-3' }, { nonce: 'raw-3' }],
    ['Google: for the iOS client', 'google', { aud: 'ios.apps' }, {}],
    ['Google: for the Android client', 'google', { aud: 'android.apps', azp: 'android.apps' }, {}],
    ['Microsoft: no nonce', 'microsoft', {}, {}],
    ['Microsoft: a nonce of MSAL', 'microsoft', { nonce: 'made by MSAL' }, {}],
    ['GitLab', 'gitlab', { nonce: 'raw-4' }, { nonce: 'raw-4' }],
    ['Slack', 'slack', { nonce: 'unsent' }, {}],
  ])('200 %s', async (_name, provider, change, beside) => {
    const answer = await signIn(provider, change, beside);
    expect([answer.status, answer.body.code]).toEqual([200, undefined]);
    expect(answer.body).toMatchObject({ redirect: false, token: expect.stringMatching(/^nas_/) });
  });

  it.each<[string, string, Record<string, unknown>, Record<string, unknown>]>([
    ['Apple: a nonce that the token lacks', 'apple', {}, { nonce: 'raw-1' }],
    ['Apple: the hash of another nonce', 'apple', { nonce: hashed('raw-2') }, { nonce: 'raw-1' }],
    ['Apple: the hash presented as the nonce of its hash', 'apple', { nonce: 'raw-1' }, { nonce: hashed('raw-1') }],
    ['Apple: a hash in another form', 'apple', { nonce: hashed('raw-1', 'base64url') }, { nonce: 'raw-1' }],
    [
      'Apple: another nonce of a platform that passes none on',
      'apple',
      { nonce: 'x', nonce_supported: false },
      { nonce: 'y' },
    ],
    ['Apple: a nonce that the token lacks, without a word', 'apple', { nonce_supported: null }, { nonce: 'raw-1' }],
    ["Google: no nonce, and Apple's word for it", 'google', { nonce_supported: false }, { nonce: 'raw-1' }],
    ['Apple: a nonce that is a list', 'apple', { nonce: ['raw-1'] }, { nonce: 'raw-1' }],
    ['Google: a nonce that the token lacks', 'google', {}, { nonce: 'raw-1' }],
    ['Google: the hash of the nonce', 'google', { nonce: hashed('raw-1') }, { nonce: 'raw-1' }],
    ['Google: another client', 'google', { aud: 'somebody-else' }, {}],
    ['Google: somebody else as well', 'google', { aud: ['web.apps', 'somebody-else'] }, {}],
    ['Microsoft: another nonce', 'microsoft', { nonce: 'a' }, { nonce: 'b' }],
    ['Microsoft: another tenant', 'microsoft', { iss: 'https://login.microsoftonline.com/other/v2.0' }, {}],
    ['GitLab: the hash of the nonce', 'gitlab', { nonce: hashed('raw-1') }, { nonce: 'raw-1' }],
    ['GitLab: the issuer without its scheme', 'gitlab', { iss: 'without-scheme' }, {}],
  ])('401 INVALID_TOKEN %s', async (_name, provider, change, beside) => {
    const iss = change['iss'] === 'without-scheme' ? { iss: upstream.origin.replace('http://', '') } : {};
    const answer = await signIn(provider, { ...change, ...iss }, beside);
    expect([answer.status, answer.body.code]).toEqual([401, 'INVALID_TOKEN']);
    expect(answer.headers.getSetCookie()).toEqual([]);
  });

  it('Google names itself with and without https://, and the person is one', async () => {
    const who = claimsOf('google');
    const short = { ...who, iss: upstream.origin.replace('http://', '') };
    const ids = [];
    for (const claims of [who, short]) {
      const token = await upstream.sign(claims);
      const { body } = await post(host, new Browser(), 'sign-in/social', { provider: 'google', idToken: { token } });
      ids.push(body.user?.id);
    }
    expect(ids).toEqual([expect.any(String), ids[0]]);
  });

  it("Apple's name comes beside the token, at the first sign-in", async () => {
    const user = { name: { firstName: 'Ada', lastName: 'Lovelace' }, email: 'other@example.com' };
    const answer = await signIn('apple', { sub: 'apple-named', email: 'named@example.com' }, { user });
    expect(answer.body.user).toMatchObject({ name: 'Ada Lovelace', email: 'named@example.com' });
    const nameless = await signIn('apple', { sub: 'apple-nameless' }, { user: { name: { firstName: null } } });
    expect(nameless.status).toBe(200);
  });

  it.each([[[]], [['web', '']], [['web', 5]], [''], [undefined]])(
    'the boot stops for the client id %j',
    async (clientId) => {
      const providers = [{ providerId: 'google', clientId }] as unknown as ProviderOptions[];
      await expect(createTestApp({ auth: { accountLinking: { providers } } })).rejects.toThrow(
        /^accountLinking\.providers\[google\]\.clientId: .*Give/,
      );
    },
  );
});
