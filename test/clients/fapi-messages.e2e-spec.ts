import { generateKeyPairSync } from 'node:crypto';
import { AuthModule, type OAuthProviderOptions } from '../../src/index.js';
import { testOptions } from '../support/app.js';
import { bootError } from '../support/boot-error.js';
import { ClientDoors, TAKEN } from '../support/client-doors.js';
import { administer, CALLBACK } from '../support/clients.js';
import { send } from '../support/http.js';
import { providerOptions } from '../support/oauth.js';

const key = (kid: string, alg: string) => ({
  ...generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'jwk' }),
  kid,
  alg,
});
/** What any client of FAPI 2.0 registers. */
const BANK = {
  redirect_uris: [CALLBACK],
  token_endpoint_auth_method: 'private_key_jwt',
  jwks: { keys: [key('k', 'ES256')] },
};
const WISHES = {
  authorization_signed_response_alg: 'ES256',
  introspection_signed_response_alg: 'EdDSA',
  response_modes: ['jwt', 'form_post.jwt'],
};
const SIGNED = 'fapi2-message-signing';
const refusal = (error: string | RegExp) => ({
  error: 'invalid_client_metadata',
  error_description: expect.stringMatching(error),
});

describe('signed messages in client metadata', () => {
  let doors: ClientDoors;
  beforeAll(async () => {
    doors = await ClientDoors.open({ requestObjects: true });
  });
  afterAll(() => doors.close());

  it('JARM 3, RFC 9701 6, FAPI MS 5.3: taken at every door, kept and told', async () => {
    expect(await doors.ask(WISHES)).toEqual(TAKEN);
    const { body } = await doors.register({ ...BANK, ...WISHES });
    expect(body).toMatchObject(WISHES);
    const { client_id: id, registration_access_token: bearer } = body;
    const read = await send(`${doors.host.url}/api/auth/oauth2/register/${id}`, { bearer });
    expect(read.body).toMatchObject(WISHES);
  });

  const administered = (body: object) => administer(doors.host, 'POST', 'oauth-clients', { ...BANK, ...body });

  it.each<[object, RegExp]>([
    [{ id_token_signed_response_alg: 'RS256' }, /id_token_signed_response_alg: profile fapi2/],
    [{ userinfo_signed_response_alg: 'RS256' }, /userinfo_signed_response_alg/],
    [{ authorization_signed_response_alg: 'RS256' }, /authorization_signed_response_alg/],
    [{ introspection_signed_response_alg: 'RS256' }, /introspection_signed_response_alg/],
    [{ token_endpoint_auth_signing_alg: 'ES384', jwks_uri: 'https://c.example/k', jwks: null }, /auth_signing_alg/],
    [
      { request_object_signing_alg: 'RS256', jwks_uri: 'https://c.example/k', jwks: null },
      /request_object_signing_alg/,
    ],
    [{ response_modes: ['query', 'form_post'] }, /response_modes: profile/],
  ])('FAPI 5.4.1, MS 5.4.1: a profile and %j contradict each other', async (given, fault) => {
    expect((await administered(given)).status).toBe(201);
    const { status, body } = await administered({ ...given, profile: SIGNED });
    expect([status, body]).toEqual([400, expect.objectContaining({ message: expect.stringMatching(fault) })]);
    const made = (await administered(given)).body;
    const changed = await administer(doors.host, 'PATCH', `oauth-clients/${made.client_id}`, { profile: SIGNED });
    expect(changed.status).toBe(400);
  });

  it('FAPI 5.4.1: the profile that administration gave holds for what the client changes itself', async () => {
    const { body: made } = await doors.register(BANK);
    const { client_id: id, registration_access_token: bearer } = made;
    const given = await administer(doors.host, 'PATCH', `oauth-clients/${id}`, { profile: SIGNED });
    expect([given.status, given.body.policy.profile]).toEqual([200, SIGNED]);
    const put = (change: object) =>
      send(`${doors.host.url}/api/auth/oauth2/register/${id}`, {
        method: 'PUT',
        bearer,
        body: { ...BANK, client_id: id, ...change },
      });
    const weakened = await put({ id_token_signed_response_alg: 'RS256' });
    expect([weakened.status, weakened.body]).toEqual([400, refusal(/profile/)]);
    expect((await put({ id_token_signed_response_alg: 'EdDSA' })).status).toBe(200);
    const owned = (update: object) => doors.own('update-client', { client_id: id, update });
    expect((await owned({ response_modes: ['query'] })).status).toBe(400);
    expect((await owned({ response_modes: ['jwt'] })).status).toBe(200);
  });

  it('FAPI MS 5.3.1: without request objects no client gets the profile', async () => {
    const closed = await ClientDoors.open();
    try {
      const { status, body } = await administer(closed.host, 'POST', 'oauth-clients', { ...BANK, profile: SIGNED });
      expect([status, body.message]).toEqual([400, expect.stringMatching(/profile: .*requestObjects/)]);
      const option = { clientId: 'bank', redirectUris: [CALLBACK], profile: SIGNED } as const;
      const bank = { ...option, tokenEndpointAuthMethod: 'private_key_jwt', metadata: { jwks: BANK.jwks } } as const;
      expect(await closed.bootingWith(bank)).toMatch(/clients: "bank": profile: .*requestObjects/);
      expect(await closed.bootingWith(bank, { requestObjects: true })).toBe('taken');
    } finally {
      await closed.close();
    }
  });
});

describe('options that contradict each other', () => {
  const stopped = (provider: OAuthProviderOptions) =>
    bootError(() => [AuthModule.forRoot(testOptions(providerOptions({ clients: [], ...provider })))]);

  it.each<[OAuthProviderOptions, RegExp]>([
    [
      { requireSignedRequestObject: true, requestObjects: false },
      /requestObjects: false, but requireSignedRequestObject/,
    ],
    [{ profile: SIGNED, requestObjects: false }, /requestObjects: false, but profile 'fapi2-message-signing'/],
    [{ profile: 'fapi2', idTokenAlgorithms: ['RS256', 'ES384'] }, /idTokenAlgorithms: profile 'fapi2' allows none/],
  ])('FAPI MS 5.3.1, RFC 9101 10.5: %j stops the boot', async (provider, message) => {
    expect(await stopped(provider)).toMatch(message);
  });

  it('RFC 9101 10.5, RFC 8414 2: what is required of everyone turns request objects on, and the metadata say what is true', async () => {
    for (const provider of [{ requireSignedRequestObject: true }, { profile: SIGNED }] as const) {
      const doors = await ClientDoors.open({ clients: [], ...provider });
      const isFapi = 'profile' in provider;
      try {
        const { body } = await send(`${doors.host.url}/.well-known/openid-configuration`);
        expect(body).toMatchObject({ request_parameter_supported: true, require_signed_request_object: true });
        if (!isFapi) continue;
        expect(body).toMatchObject({
          response_modes_supported: ['query.jwt', 'form_post.jwt', 'jwt'],
          request_object_signing_alg_values_supported: ['PS256', 'ES256', 'EdDSA', 'Ed25519'],
          token_endpoint_auth_signing_alg_values_supported: ['PS256', 'ES256', 'EdDSA', 'Ed25519'],
          id_token_signing_alg_values_supported: ['ES256', 'EdDSA'],
          authorization_signing_alg_values_supported: ['ES256', 'EdDSA'],
          introspection_signing_alg_values_supported: ['ES256', 'EdDSA'],
        });
      } finally {
        await doors.close();
      }
    }
  });
});
