import { createTestApp, type TestApp } from '../support/app.js';
import { send } from '../support/http.js';
import { providerOptions } from '../support/oauth.js';

const BY_KEY = ['private_key_jwt'];
const BY_CERTIFICATE = ['self_signed_tls_client_auth'];

/** How clients may prove themselves, as the metadata say it, at each endpoint. */
async function methodsOf(host: TestApp): Promise<unknown[]> {
  const { body } = await send(`${host.url}/.well-known/oauth-authorization-server`);
  return ['token', 'introspection', 'revocation'].map((name) => body[`${name}_endpoint_auth_methods_supported`]);
}

describe('RFC 8414 2: the metadata of a server with a profile say what is true', () => {
  it.each(['fapi2', 'fapi2-message-signing'] as const)(
    'FAPI 2.0 5.3.2.1-6: %s names the methods that its clients may have, and no other',
    async (profile) => {
      const host = await createTestApp({ auth: providerOptions({ profile, clients: [] }) });
      expect(await methodsOf(host)).toEqual([BY_KEY, BY_KEY, BY_KEY]);
      await host.close();
    },
  );

  it('FAPI 2.0 5.3.2.1-6: with certificates those as well', async () => {
    const { oauthProvider, ...rest } = providerOptions({ profile: 'fapi2', clients: [] });
    const host = await createTestApp({ auth: { ...rest, oauthProvider, mtls: {}, trustProxy: ['loopback'] } });
    const methods = expect.arrayContaining([...BY_KEY, ...BY_CERTIFICATE]);
    const [token] = await methodsOf(host);
    expect(token).toEqual(methods);
    expect(token).toHaveLength(2);
    await host.close();
  });

  it('a server of which only a client has a profile offers them all', async () => {
    const host = await createTestApp({ auth: providerOptions({}) });
    expect(await methodsOf(host)).toEqual(Array(3).fill(expect.arrayContaining(['client_secret_basic'])));
    await host.close();
  });
});
