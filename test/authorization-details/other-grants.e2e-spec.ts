import { z } from 'zod';
import type { StaticClientOptions } from '../../src/index.js';
import { createDeviceHost, DEVICE_GRANT, type DeviceHost } from '../support/device.js';
import { send } from '../support/http.js';
import { basic, tokenRequest, WEB } from '../support/oauth.js';
import { signUp, type SignedInUser } from '../support/users.js';

const FILM = { identifier: 'metropolis', type: 'film' };
const TV: StaticClientOptions = { clientId: 'tv', scopes: ['openid'], grantTypes: [DEVICE_GRANT] };
const MACHINE: StaticClientOptions = {
  ...WEB,
  clientId: 'machine',
  redirectUris: [],
  scopes: ['openid', 'films'],
  grantTypes: ['client_credentials'],
};

describe('RFC 9396: at other endpoints', () => {
  let host: DeviceHost;
  let user: SignedInUser;
  beforeAll(async () => {
    const authorizationDetails = {
      film: { title: 'See one film', schema: z.strictObject({ identifier: z.string() }) },
    };
    const oauthProvider = { clients: [TV, WEB, MACHINE], scopes: ['openid', 'films'], authorizationDetails };
    host = await createDeviceHost({}, { auth: { oauthProvider, clientCredentials: true } });
    user = await signUp(host.url);
  });
  afterAll(() => host?.close());

  it('K1 2: a device asks for them, the user sees them, and its tokens have them', async () => {
    const fields = { authorization_details: JSON.stringify([FILM]) };
    const codes = (await host.ask(fields)).body;
    expect((await host.open(codes.user_code, user)).body.authorization_details).toEqual([FILM]);
    await host.decide('approve', codes.user_code, user);
    const { body } = await host.poll(codes.device_code, { grant_type: DEVICE_GRANT }, { at: 'oauth2/token' });
    expect(body.authorization_details).toEqual([FILM]);
  });

  it('K2 5: a device that asks for what there is not gets no code', async () => {
    const refused = await host.ask({ authorization_details: JSON.stringify([{ ...FILM, type: 'book' }]) });
    expect([refused.status, refused.body.error]).toEqual([400, 'invalid_authorization_details']);
  });

  it('K1 2, RFC 9126 2: pushed requests have them, and are refused when they are pushed', async () => {
    const push = (details: string) =>
      send(`${host.url}/api/auth/oauth2/par`, {
        headers: {
          'content-type': 'application/x-www-form-urlencoded',
          ...basic(WEB.clientId, WEB.clientSecret!),
        },
        body: new URLSearchParams({
          response_type: 'code',
          redirect_uri: WEB.redirectUris![0]!,
          code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
          code_challenge_method: 'S256',
          authorization_details: details,
        }).toString(),
      });
    expect((await push(JSON.stringify([FILM]))).status).toBe(201);
    const refused = await push(JSON.stringify([{ type: 'film' }]));
    expect([refused.status, refused.body.error]).toEqual([400, 'invalid_authorization_details']);
  });

  it('T208 a client that acts for itself is not given less protection than it asks for', async () => {
    const fields = { grant_type: 'client_credentials', authorization_details: JSON.stringify([FILM]) };
    const refused = await tokenRequest(host, MACHINE, fields);
    expect([refused.status, refused.body.error]).toEqual([400, 'invalid_authorization_details']);
    expect((await tokenRequest(host, MACHINE, { grant_type: 'client_credentials' })).status).toBe(200);
  });
});
