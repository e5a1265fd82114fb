import type { MtlsOptions } from '../../src/index.js';
import { authority } from '../support/certificates.js';
import { createOAuthApp } from '../support/client-auth.js';
import { send } from '../support/http.js';

const METHODS = [
  'token_endpoint_auth_methods_supported',
  'introspection_endpoint_auth_methods_supported',
  'revocation_endpoint_auth_methods_supported',
];
const root = authority();

async function metadataOf(mtls: MtlsOptions | undefined, issuer = 'http://localhost:3000') {
  const auth = { issuer, device: true, trustProxy: ['loopback'], ...(mtls && { mtls }) } as const;
  const host = await createOAuthApp({ clients: [], auth });
  const paths = ['/.well-known/openid-configuration', '/.well-known/oauth-authorization-server'];
  const [first, second] = await Promise.all(paths.map((path) => send(`${host.url}${path}`)));
  await host.close();
  expect(second!.body).toEqual(first!.body);
  return first!.body as Record<string, unknown>;
}

describe('metadata of certificates', () => {
  it('RFC 8705 3.3, 5: without mtls there is nothing of it', async () => {
    const metadata = await metadataOf(undefined);
    for (const name of METHODS) expect(JSON.stringify(metadata[name])).not.toContain('tls');
    for (const name of ['tls_client_certificate_bound_access_tokens', 'mtls_endpoint_aliases'])
      expect(metadata).not.toHaveProperty(name);
  });

  it('RFC 8705 2.1, 2.2, 3.3: methods that work, and bound tokens', async () => {
    const metadata = await metadataOf({ ca: root.pem });
    for (const name of METHODS)
      expect(metadata[name]).toEqual(expect.arrayContaining(['tls_client_auth', 'self_signed_tls_client_auth']));
    expect(metadata['tls_client_certificate_bound_access_tokens']).toBe(true);
    expect(metadata).not.toHaveProperty('mtls_endpoint_aliases');
  });

  it('RFC 8705 2.1: tls_client_auth only where a path can be proven', async () => {
    const metadata = await metadataOf({});
    for (const name of METHODS) {
      expect(metadata[name]).toContain('self_signed_tls_client_auth');
      expect(metadata[name]).not.toContain('tls_client_auth');
    }
  });

  it.each([
    ['http://localhost:3000', 'https://mtls.example.com', 'https://mtls.example.com'],
    ['http://localhost:3000', 'https://mtls.example.com:8443/auth/', 'https://mtls.example.com:8443/auth'],
    ['http://localhost:3000/sso', 'https://mtls.example.com', 'https://mtls.example.com'],
  ])(
    'RFC 8705 5: the aliases of %s at %s are the endpoints that take certificates',
    async (issuer, aliasesAt, base) => {
      const metadata = await metadataOf({ aliasesAt }, issuer);
      const aliases = metadata['mtls_endpoint_aliases'] as Record<string, string>;
      expect(Object.keys(aliases).sort()).toEqual(
        [
          'device_authorization_endpoint',
          'introspection_endpoint',
          'pushed_authorization_request_endpoint',
          'revocation_endpoint',
          'token_endpoint',
          'userinfo_endpoint',
        ].sort(),
      );
      for (const [name, address] of Object.entries(aliases))
        expect(address).toBe(base + String(metadata[name]).slice(issuer.length));
    },
  );
});
