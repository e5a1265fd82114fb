import { Controller, Get } from '@nestjs/common';
import * as oidc from 'openid-client';
import { BearerAuth } from '../../src/index.js';
import { createIssuerHost, Person, type IssuerHost } from '../support/relying-party.js';

const REDIRECT = 'https://rp.example/callback';
const SECRET = 'a secret of a client, long enough to be one';
const CLIENT = {
  clientId: 'rp',
  clientSecret: SECRET,
  redirectUris: [REDIRECT],
  scopes: ['openid', 'email', 'offline_access'],
  metadata: { dpop_bound_access_tokens: true },
};

@Controller('host')
class HostController {
  @Get('reports')
  @BearerAuth({ dpop: 'required' })
  reports() {
    return { passed: true };
  }
}

describe.each(['off', 'required'] as const)('RFC 9449: openid-client 6 with nonces %s', (nonce) => {
  let host: IssuerHost;
  let config: oidc.Configuration;
  let person: Person;
  beforeAll(async () => {
    host = await createIssuerHost(
      { clients: [CLIENT], scopes: ['openid', 'email', 'offline_access'] },
      { dpop: { nonce } },
      { controllers: [HostController] },
    );
    person = await Person.of(host);
    config = await oidc.discovery(new URL(host.issuer), 'rp', SECRET, undefined, {
      execute: [oidc.allowInsecureRequests],
    });
  });
  afterAll(() => host.close());

  it.each(['ES256', 'Ed25519', 'PS256'])(
    'PAR, code, userinfo, a guarded route and refreshes, by %s',
    async (algorithm) => {
      const DPoP = oidc.getDPoPHandle(config, await oidc.randomDPoPKeyPair(algorithm));
      const [verifier, state] = [oidc.randomPKCECodeVerifier(), oidc.randomState()];
      const asked = {
        redirect_uri: REDIRECT,
        scope: 'openid email offline_access',
        state,
        code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
      };
      const url = await oidc.buildAuthorizationUrlWithPAR(config, asked, { DPoP });
      expect([...url.searchParams.keys()].toSorted()).toEqual(['client_id', 'request_uri']);
      const { url: landing } = await person.go(url);
      const checks = { pkceCodeVerifier: verifier, expectedState: state };
      const tokens = await oidc.authorizationCodeGrant(config, landing, checks, undefined, { DPoP });
      expect(tokens.token_type).toBe('dpop');
      expect((await oidc.fetchUserInfo(config, tokens.access_token, person.id, { DPoP })).sub).toBe(person.id);
      const route = new URL(`${host.issuer}/host/reports`);
      const visit = (token: string, more = { DPoP }) =>
        oidc.fetchProtectedResource(config, token, route, 'GET', undefined, undefined, more);
      expect(await (await visit(tokens.access_token)).json()).toEqual({ passed: true });
      const renewed = await oidc.refreshTokenGrant(config, tokens.refresh_token!, undefined, { DPoP });
      expect((await visit(renewed.access_token)).status).toBe(200);
      // A key of another sign-in is of no use.
      const other = oidc.getDPoPHandle(config, await oidc.randomDPoPKeyPair('ES256'));
      await expect(visit(renewed.access_token, { DPoP: other })).rejects.toMatchObject({ status: 401 });
    },
  );
});
