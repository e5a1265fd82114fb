import { decodeJwt, decodeProtectedHeader, exportJWK, generateKeyPair, type CryptoKey } from 'jose';
import * as oauth from 'oauth4webapi';
import * as oidc from 'openid-client';
import type { SigningAlgorithm, StaticClientOptions } from '../../src/index.js';
import { createIssuerHost, Person, type IssuerHost } from '../support/relying-party.js';

const REDIRECT = 'https://rp.example/callback';
const insecure = { [oauth.allowInsecureRequests]: true };
const ALGORITHMS = ['PS256', 'ES256', 'EdDSA', 'Ed25519'] as const;
type Algorithm = (typeof ALGORITHMS)[number];

interface Party {
  readonly options: StaticClientOptions;
  readonly key: { readonly key: CryptoKey; readonly kid: string };
}

/** A client that signs all it says, and wants all it is told signed, by one algorithm. */
async function partyOf(alg: Algorithm): Promise<Party> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  const kid = `of-${alg}`;
  const options: StaticClientOptions = {
    clientId: `rp-${alg}`,
    redirectUris: [REDIRECT],
    scopes: ['openid', 'email'],
    skipConsent: true,
    tokenEndpointAuthMethod: 'private_key_jwt',
    metadata: {
      jwks: { keys: [{ ...(await exportJWK(publicKey)), kid, alg, use: 'sig' }] },
      token_endpoint_auth_signing_alg: alg,
      request_object_signing_alg: alg,
      require_signed_request_object: true,
      response_modes: ['jwt', 'form_post.jwt'],
      id_token_signed_response_alg: alg as SigningAlgorithm,
      userinfo_signed_response_alg: alg as SigningAlgorithm,
      authorization_signed_response_alg: alg as SigningAlgorithm,
      introspection_signed_response_alg: alg as SigningAlgorithm,
    },
  };
  return { options, key: { key: privateKey, kid } };
}

describe('FAPI 5.4.1: everything signed, by real clients, with each algorithm of FAPI 2.0', () => {
  let host: IssuerHost;
  let parties: Readonly<Record<Algorithm, Party>>;
  let person: Person;
  beforeAll(async () => {
    const made = await Promise.all(ALGORITHMS.map(async (alg) => [alg, await partyOf(alg)] as const));
    parties = Object.fromEntries(made) as Record<Algorithm, Party>;
    const clients = Object.values(parties).map(({ options }) => options);
    const provider = { clients, idTokenAlgorithms: [...ALGORITHMS], requestObjects: true };
    host = await createIssuerHost(provider);
    person = await Person.of(host);
  });
  afterAll(() => host.close());

  /** Ed25519 keys sign under either of their names. */
  const named = (alg: Algorithm) => ({
    [oidc.modifyAssertion]: (header: Record<string, unknown>) => void (header['alg'] = alg),
  });
  const metadataOf = ({ options }: Party) => ({ ...options.metadata, client_id: options.clientId });
  const discovered = async () => {
    const issuer = new URL(host.issuer);
    return oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, insecure));
  };

  it.each(ALGORITHMS)(
    'openid-client 6 with %s: JAR, JARM, assertion, ID token, userinfo, introspection',
    async (alg) => {
      const party = parties[alg];
      const config = await oidc.discovery(
        new URL(host.issuer),
        party.options.clientId,
        metadataOf(party) as oidc.ClientMetadata,
        oidc.PrivateKeyJwt(party.key, named(alg)),
        { execute: [oidc.allowInsecureRequests, oidc.useJwtResponseMode, oidc.enableNonRepudiationChecks] },
      );
      const [verifier, state, nonce] = [oidc.randomPKCECodeVerifier(), oidc.randomState(), oidc.randomNonce()];
      const parameters = {
        redirect_uri: REDIRECT,
        scope: 'openid email',
        state,
        nonce,
        code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
      };
      const start = await oidc.buildAuthorizationUrlWithJAR(config, parameters, party.key, named(alg));
      const { url } = await person.go(start);
      expect([...url.searchParams.keys()]).toEqual(['response']);
      expect(decodeProtectedHeader(url.searchParams.get('response')!)).toMatchObject({ alg });
      const checks = { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce, idTokenExpected: true };
      const tokens = await oidc.authorizationCodeGrant(config, url, checks);
      expect(decodeProtectedHeader(tokens.id_token!)).toMatchObject({ alg });
      expect(await oidc.fetchUserInfo(config, tokens.access_token, person.id)).toMatchObject({ email: person.email });
      expect(await oidc.tokenIntrospection(config, tokens.access_token)).toMatchObject({
        active: true,
        sub: person.id,
      });
    },
  );

  it.each(ALGORITHMS)(
    'oauth4webapi 3 with %s: step by step, form_post.jwt, errors, signed introspection',
    async (alg) => {
      const party = parties[alg];
      const server = await discovered();
      const client = metadataOf(party) as oauth.Client;
      const verifier = oauth.generateRandomCodeVerifier();
      const state = oauth.generateRandomState();
      const asked = {
        response_type: 'code',
        response_mode: 'form_post.jwt',
        redirect_uri: REDIRECT,
        scope: 'openid',
        state,
        code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
      };
      const goWith = async (change: Record<string, string>) => {
        const start = new URL(server.authorization_endpoint!);
        start.searchParams.set('client_id', client.client_id);
        const request = await oauth.issueRequestObject(server, client, { ...asked, ...change }, party.key, named(alg));
        start.searchParams.set('request', request);
        const { url, form } = await person.go(start);
        return oauth.validateJwtAuthResponse(server, client, form ?? url, state, insecure);
      };
      await expect(goWith({ scope: 'bogus' })).rejects.toMatchObject({ error: 'invalid_scope' });
      const answer = await goWith({});
      const proof = oauth.PrivateKeyJwt(party.key, named(alg));
      const response = await oauth.authorizationCodeGrantRequest(
        server,
        client,
        proof,
        answer,
        REDIRECT,
        verifier,
        insecure,
      );
      const tokens = await oauth.processAuthorizationCodeResponse(server, client, response);
      const asking = { ...insecure, requestJwtResponse: true };
      const introspected = await oauth.introspectionRequest(server, client, proof, tokens.access_token, asking);
      const told = await introspected.clone().text();
      expect(await oauth.processIntrospectionResponse(server, client, introspected)).toMatchObject({ active: true });
      await oauth.validateApplicationLevelSignature(server, introspected, insecure);
      expect(decodeProtectedHeader(told)).toMatchObject({ alg, typ: 'token-introspection+jwt' });
      expect(decodeJwt(told)).toMatchObject({ aud: client.client_id });
    },
  );

  it('RFC 8414 2: the metadata name every one of them', async () => {
    const server = await discovered();
    for (const name of [
      'id_token_signing_alg_values_supported',
      'userinfo_signing_alg_values_supported',
      'authorization_signing_alg_values_supported',
      'introspection_signing_alg_values_supported',
    ])
      expect(server[name]).toEqual([...ALGORITHMS]);
    for (const name of [
      'token_endpoint_auth_signing_alg_values_supported',
      'request_object_signing_alg_values_supported',
    ])
      expect(server[name]).toEqual(expect.arrayContaining([...ALGORITHMS]));
  });
});
