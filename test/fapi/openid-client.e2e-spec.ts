import { decodeProtectedHeader } from 'jose';
import * as oidc from 'openid-client';
import type { StaticClientOptions } from '../../src/index.js';
import { clientKey, type ClientKey } from '../support/client-auth.js';
import { createIssuerHost, Person, type IssuerHost } from '../support/relying-party.js';

const REDIRECT = 'https://rp.example/callback';
const ALGORITHMS = ['ES256', 'PS256', 'EdDSA'] as const;
type Profile = 'fapi2' | 'fapi2-message-signing';

/** A client that holds a key, as a bank's partner would be registered. */
function bankClient(key: ClientKey): StaticClientOptions {
  const alg = key.alg as (typeof ALGORITHMS)[number];
  return {
    clientId: `bank-${alg}`,
    redirectUris: [REDIRECT],
    scopes: ['openid', 'email', 'offline_access'],
    tokenEndpointAuthMethod: 'private_key_jwt',
    metadata: {
      jwks: { keys: [key.jwk] },
      id_token_signed_response_alg: alg,
      authorization_signed_response_alg: alg,
      introspection_signed_response_alg: alg,
    },
  };
}

describe.each(['fapi2', 'fapi2-message-signing'] as const)(
  'openid-client 6 under the profile %s',
  (profile: Profile) => {
    let host: IssuerHost;
    let keys: ClientKey[];
    let person: Person;
    beforeAll(async () => {
      keys = await Promise.all(ALGORITHMS.map((one) => clientKey(one)));
      const idTokenAlgorithms = [...ALGORITHMS];
      host = await createIssuerHost({ profile, idTokenAlgorithms, clients: keys.map(bankClient) }, {});
      person = await Person.of(host);
    });
    afterAll(() => host.close());

    async function configOf(key: ClientKey): Promise<oidc.Configuration> {
      const { alg, privateKey } = key;
      const config = await oidc.discovery(
        new URL(host.issuer),
        `bank-${alg}`,
        {
          id_token_signed_response_alg: alg,
          authorization_signed_response_alg: alg,
          introspection_signed_response_alg: alg,
          use_mtls_endpoint_aliases: false,
        },
        oidc.PrivateKeyJwt({ key: privateKey, kid: key.jwk.kid! }),
        { execute: [oidc.allowInsecureRequests] },
      );
      oidc.enableNonRepudiationChecks(config);
      if (profile === 'fapi2-message-signing') oidc.useJwtResponseMode(config);
      return config;
    }

    /** Pushed, and in the second profile signed; back by the browser, and the code for tokens. */
    async function signIn(key: ClientKey, DPoP: oidc.DPoPHandle) {
      const config = await configOf(key);
      const [verifier, state, nonce] = [oidc.randomPKCECodeVerifier(), oidc.randomState(), oidc.randomNonce()];
      const parameters = {
        redirect_uri: REDIRECT,
        scope: 'openid email offline_access',
        state,
        nonce,
        prompt: 'consent',
        code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
      };
      const wanted =
        profile === 'fapi2'
          ? parameters
          : Object.fromEntries(
              (
                await oidc.buildAuthorizationUrlWithJAR(
                  config,
                  parameters,
                  { key: key.privateKey, kid: key.jwk.kid! },
                  { [oidc.modifyAssertion]: dated },
                )
              ).searchParams,
            );
      const url = await oidc.buildAuthorizationUrlWithPAR(config, wanted, { DPoP });
      expect([...url.searchParams.keys()].toSorted()).toEqual(['client_id', 'request_uri']);
      const landing = await person.go(url);
      const checks = { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce, idTokenExpected: true };
      const tokens = await oidc.authorizationCodeGrant(config, landing.url, checks, undefined, { DPoP });
      return { config, tokens, landing };
    }

    it.each(ALGORITHMS)(
      'PAR, DPoP and private_key_jwt with %s: tokens that are bound, userinfo, refresh without rotation',
      async (alg) => {
        const key = keys.find((one) => one.alg === alg)!;
        const DPoP = oidc.getDPoPHandle(await configOf(key), await oidc.randomDPoPKeyPair());
        const { config, tokens, landing } = await signIn(key, DPoP);
        if (profile === 'fapi2-message-signing') expect([...landing.url.searchParams.keys()]).toEqual(['response']);
        expect(tokens.token_type).toBe('dpop');
        expect(decodeProtectedHeader(tokens.id_token!)).toMatchObject({ alg });
        const { sub } = tokens.claims()!;
        expect(await oidc.fetchUserInfo(config, tokens.access_token, sub, { DPoP })).toMatchObject({
          email: person.email,
        });
        const other = oidc.getDPoPHandle(config, await oidc.randomDPoPKeyPair());
        const next = await oidc.refreshTokenGrant(config, tokens.refresh_token!, undefined, { DPoP: other });
        expect(next.refresh_token).toBe(tokens.refresh_token);
        expect(await oidc.fetchUserInfo(config, next.access_token, sub, { DPoP: other })).toMatchObject({ sub });
        await expect(oidc.fetchUserInfo(config, next.access_token, sub, { DPoP })).rejects.toMatchObject({
          status: 401,
        });
        const asked = await oidc.tokenIntrospection(config, next.access_token);
        expect(asked).toMatchObject({
          active: true,
          token_type: 'DPoP',
          cnf: { jkt: await other.calculateThumbprint() },
        });
      },
    );

    it('without a proof there are no tokens', async () => {
      const config = await configOf(keys[0]!);
      const asked = oidc.clientCredentialsGrant(config);
      await expect(asked).rejects.toMatchObject({ error: 'invalid_dpop_proof', status: 400 });
    });
  },
);

/** FAPI 2.0 Message Signing 5.3.1: `nbf` and `exp`, not far from each other. */
function dated(_header: unknown, payload: Record<string, unknown>): void {
  const now = Math.floor(Date.now() / 1000);
  Object.assign(payload, { nbf: now, exp: now + 300 });
}
