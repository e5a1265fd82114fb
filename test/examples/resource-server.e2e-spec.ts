import { createOAuthApp } from '../support/client-auth.js';
import { buildExample, type BuiltExample, type ExampleProcess } from '../support/example.js';
import { freePort } from '../support/free-port.js';
import { send } from '../support/http.js';
import { API } from '../support/resource-server.js';
import { signUp } from '../support/users.js';
import { VendorIssuer } from '../support/vendor-issuer.js';

const REALM = '/realms/shop';

describe('examples/resource-server', () => {
  let built: BuiltExample;
  let keycloak: VendorIssuer;
  beforeAll(async () => {
    [built, keycloak] = await Promise.all([buildExample('resource-server'), new VendorIssuer().start()]);
    const issuer = keycloak.url + REALM;
    keycloak.documents[`${REALM}/.well-known/openid-configuration`] = { issuer, jwks_uri: `${issuer}/certs` };
    keycloak.documents[`${REALM}/certs`] = { keys: [keycloak.jwk] };
  });
  afterAll(async () => {
    await keycloak?.stop();
    await built?.remove();
  });

  async function using(env: Record<string, string>, test: (example: ExampleProcess) => Promise<void>): Promise<void> {
    const example = await built.start(env);
    await test(example).finally(() => example.stop());
  }

  it('takes tokens of a Keycloak realm, as its README says', () => {
    const issuer = keycloak.url + REALM;
    return using({ ISSUER: issuer, AUDIENCE: API, TOKEN_TYPE: 'JWT' }, async ({ url }) => {
      const sign = (roles: string[]) =>
        keycloak.sign({
          iss: issuer,
          sub: 'ann',
          aud: API,
          typ: 'Bearer',
          azp: 'shop',
          scope: 'email',
          realm_access: { roles },
        });
      expect((await send(`${url}/reports/samples`)).status).toBe(200);
      expect((await send(`${url}/reports`)).status).toBe(401);
      const [user, admin] = [await sign([]), await sign(['admin'])];
      expect((await send(`${url}/reports`, { bearer: user })).body).toEqual({
        subjectId: `${issuer}|ann`,
        clientId: 'shop',
        scopes: ['email'],
        roles: [],
      });
      const remove = (bearer: string) => send(`${url}/reports/7`, { method: 'DELETE', bearer });
      expect([(await remove(user)).status, (await remove(admin)).body]).toEqual([403, { removed: '7' }]);
    });
  });

  it('takes JWTs of a server of nest-authority, as its README says', async () => {
    const port = await freePort();
    const issuer = `http://localhost:${port}`;
    const provider = await createOAuthApp({ clients: [], port, auth: { issuer } });
    const { id, token } = await signUp(provider.url);
    const { body } = await send(`${provider.url}/api/auth/token`, { bearer: token });
    await using({ ISSUER: issuer, AUDIENCE: issuer }, async ({ url }) => {
      expect((await send(`${url}/reports`, { bearer: body.token })).body).toMatchObject({
        subjectId: `${issuer}|${id}`,
      });
    }).finally(() => provider.close());
  });

  it('ends with 1 and a sentence without an issuer', async () => {
    await expect(built.start()).rejects.toThrow(/exit code 1:\nISSUER and AUDIENCE are missing: .*\n$/);
  });
});
