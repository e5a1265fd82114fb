import { createTestApp, type TestApp } from '../support/app.js';
import { clientKey, assertionOf, byAssertion, type ClientKey } from '../support/client-auth.js';
import { grantTokens } from '../support/client-tokens.js';
import { DpopKey } from '../support/dpop.js';
import { send } from '../support/http.js';
import { TEST_ISSUER } from '../support/app.js';
import { signUp, type SignedInUser } from '../support/users.js';

const REDIRECT = 'https://client.example/callback';
const SCOPES = ['openid', 'offline_access'];

describe('RFC 9700 4.14.2: refresh tokens end when they are not used', () => {
  let host: TestApp;
  let user: SignedInUser;
  let key: ClientKey;
  beforeAll(async () => {
    key = await clientKey();
    const bank = {
      clientId: 'bank',
      redirectUris: [REDIRECT],
      profile: 'fapi2' as const,
      tokenEndpointAuthMethod: 'private_key_jwt' as const,
      metadata: { jwks: { keys: [key.jwk] } },
    };
    const spa = { clientId: 'spa', redirectUris: [REDIRECT] };
    host = await createTestApp({
      auth: { jwt: true, oauthProvider: { clients: [spa, bank], refreshTokenIdleTTL: '1h', refreshTokenTTL: '2h' } },
    });
    user = await signUp(host.url);
  });
  afterAll(() => host.close());

  const granted = async (clientId: string) =>
    (await grantTokens(host, { clientId, user, scopes: SCOPES })).refresh_token!;
  const passes = (minutes: number) =>
    host.sql(`UPDATE auth_token SET idle_expires_at = idle_expires_at - $1::int * interval '1 minute'`, [minutes]);
  async function refresh(clientId: string, token: string) {
    const url = `${host.url}/api/auth/oauth2/token`;
    const form = { grant_type: 'refresh_token', refresh_token: token, client_id: clientId };
    if (clientId === 'spa') return send(url, { body: new URLSearchParams(form) });
    const proven = byAssertion(await assertionOf('bank', key, { aud: TEST_ISSUER }), form);
    const dpop = new DpopKey().proof({ url: `${TEST_ISSUER}/api/auth/oauth2/token` });
    return send(url, { body: new URLSearchParams(proven), headers: { dpop } });
  }

  it.each(['spa', 'bank'])(
    'of %s: a use in time starts the hour anew, and an hour without a use is the end',
    async (clientId) => {
      let token = await granted(clientId);
      for (let round = 0; round < 3; round++) {
        await passes(50);
        const answer = await refresh(clientId, token);
        expect(answer.status).toBe(200);
        token = String((answer.body as { refresh_token: string }).refresh_token);
      }
      await passes(61);
      expect(await refresh(clientId, token)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
    },
  );

  it('never beyond the end of the family (T040)', async () => {
    const token = await granted('spa');
    await host.sql(`UPDATE auth_token_family SET expires_at = now()`);
    expect(await refresh('spa', token)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
  });

  it('FAPI 2.0 SP 5.3.2.1-9: a token that is not rotated is good again, and ends with its family', async () => {
    const token = await granted('bank');
    const answers = await Promise.all(Array.from({ length: 10 }, () => refresh('bank', token)));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    expect(new Set(answers.map(({ body }) => (body as { refresh_token: string }).refresh_token))).toEqual(
      new Set([token]),
    );
    await host.sql(`UPDATE auth_token_family SET revoked_at = now() WHERE subject = $1`, [user.id]);
    expect(await refresh('bank', token)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
  });
});
