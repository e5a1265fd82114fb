import { decodeJwt } from 'jose';
import type { ClaimsRequest } from '../../src/common/ports/authorization-server.js';
import { createTestApp, TEST_ISSUER, type TestApp } from '../support/app.js';
import { grantTokens, TEST_CLIENTS } from '../support/client-tokens.js';
import { send } from '../support/http.js';
import { signUp, type SignedInUser } from '../support/users.js';

const CLAIMS = { phone_number: '+49 30 1', birthdate: '1815-12-10', nickname: null };

describe('claims that are asked for by name (OIDC Core 5.5)', () => {
  let host: TestApp;
  let user: SignedInUser;
  beforeAll(async () => {
    host = await createTestApp({
      auth: {
        jwt: true,
        oauthProvider: {
          clients: TEST_CLIENTS,
          hooks: {
            customClaims: ({ client, scopes }) => ({
              sub: 'somebody else',
              iss: 'https://elsewhere.example',
              aud: 'other',
              seen_by: client.clientId,
              missing: undefined,
              ...(scopes.includes('profile') && { locale: 'en-GB' }),
            }),
          },
        },
      },
    });
    user = await signUp(host.url, { name: 'Ada' });
    await host.sql('UPDATE auth_user SET claims = $2 WHERE id = $1', [user.id, JSON.stringify(CLAIMS)]);
  });
  afterAll(() => host.close());

  const granted = (scopes: string[], claims: ClaimsRequest, clientId = 'web') =>
    grantTokens(host, { clientId, user, scopes, claims });
  const userinfo = async (token: string) =>
    (await send(`${host.url}/api/auth/oauth2/userinfo`, { bearer: token })).body;

  it('5.5 userinfo tells those there are, essential or not, beside those of the scopes', async () => {
    const tokens = await granted(['openid', 'email'], {
      userinfo: { phone_number: { essential: true }, locale: null, nickname: null, unheard_of: { essential: true } },
    });
    expect(await userinfo(tokens.access_token)).toEqual({
      sub: user.id,
      iss: 'https://elsewhere.example',
      aud: 'other',
      seen_by: 'web',
      email: user.email,
      email_verified: false,
      phone_number: '+49 30 1',
      locale: 'en-GB',
    });
  });

  it('5.3.2 nothing replaces sub, and in a signed answer neither iss nor aud', async () => {
    const tokens = await granted(['openid'], { userinfo: { sub: { value: 'somebody else' } } }, 'signed');
    const answer = await send(`${host.url}/api/auth/oauth2/userinfo`, { bearer: tokens.access_token });
    expect(decodeJwt(answer.text)).toMatchObject({ sub: user.id, iss: TEST_ISSUER, aud: 'signed' });
  });

  it('200 also where a claim is too long for an ID token: it is left out there, and userinfo tells it', async () => {
    const long = await signUp(host.url);
    const website = `https://ada.example/${'x'.repeat(9_000)}`;
    await host.sql('UPDATE auth_user SET claims = $2 WHERE id = $1', [long.id, JSON.stringify({ website })]);
    const asked = { website: null, email: { essential: true } };
    const claims = { id_token: asked, userinfo: asked };
    const nonce = '"'.repeat(1_024);
    const tokens = await grantTokens(host, { clientId: 'web', user: long, scopes: ['openid'], claims, nonce });
    const idToken = decodeJwt(tokens.id_token!);
    expect(idToken).toMatchObject({ email: long.email, nonce });
    expect(idToken).not.toHaveProperty('website');
    expect(await userinfo(tokens.access_token)).toMatchObject({ email: long.email, website });
  });

  it('5.5 the ID token tells those asked for there, and userinfo does not repeat them', async () => {
    const tokens = await granted(['openid'], {
      id_token: { email: { essential: true }, birthdate: null, given_name: null, nickname: null },
    });
    const idToken = decodeJwt(tokens.id_token!);
    expect(idToken).toMatchObject({ email: user.email, birthdate: '1815-12-10', given_name: 'Ada' });
    for (const name of ['nickname', 'email_verified', 'phone_number']) expect(idToken).not.toHaveProperty(name);
    expect(await userinfo(tokens.access_token)).not.toHaveProperty('email');
  });

  it('5.5 nothing asked for by name replaces what the ID token says of itself', async () => {
    const names = ['sub', 'iss', 'aud', 'exp', 'iat', 'auth_time', 'nonce', 'at_hash', 'seen_by'];
    const tokens = await granted(['openid'], { id_token: Object.fromEntries(names.map((name) => [name, null])) });
    const idToken = decodeJwt(tokens.id_token!);
    expect(idToken).toMatchObject({ sub: user.id, iss: TEST_ISSUER, aud: 'web', seen_by: 'web' });
    expect(idToken).not.toHaveProperty('nonce');
  });

  it('5.4 without the claims parameter the ID token tells nothing about the user', async () => {
    const { id_token: idToken } = await granted(['openid', 'profile', 'email'], {});
    expect(Object.keys(decodeJwt(idToken!)).sort()).toEqual(
      ['at_hash', 'aud', 'auth_time', 'exp', 'iat', 'iss', 'jti', 'sid', 'sub'].sort(),
    );
  });
});
