import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SignJWT } from 'jose';
import { AuthError, ClientCredentialsService, type OutboundOptions } from '../../src/index.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { ENTRA_SECRET, GRAPH_SCOPE, startEntra, STORAGE_SCOPE, type Entra } from '../support/entra.js';
import { selfSigned } from '../support/self-signed.js';

const pair = selfSigned();
const signing = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const CLIENTS = [
  {
    client_id: 'with-certificate',
    token_endpoint_auth_method: 'private_key_jwt',
    jwks: { keys: [{ ...pair.publicJwk, use: 'sig', alg: 'PS256' }] },
  },
  {
    client_id: 'with-key',
    token_endpoint_auth_method: 'private_key_jwt',
    jwks: { keys: [{ ...signing.publicKey.export({ format: 'jwk' }), kid: 'key-1', use: 'sig', alg: 'ES256' }] },
  },
  {
    client_id: 'limited',
    client_secret: ENTRA_SECRET,
    token_endpoint_auth_method: 'client_secret_post',
    scope: STORAGE_SCOPE,
  },
  {
    client_id: 'with basic',
    client_secret: 'a secret: with + and %',
    token_endpoint_auth_method: 'client_secret_basic',
  },
];

describe('outbound tokens, from npm oidc-provider under the paths of Entra ID', () => {
  let entra: Entra;
  let host: TestApp;
  let folder: string;
  let service: ClientCredentialsService;

  /** A federated assertion: here the client's own key stands for the foreign issuer's. */
  const assertion = () =>
    new SignJWT()
      .setProtectedHeader({ alg: 'ES256', kid: 'key-1' })
      .setIssuer('with-key')
      .setSubject('with-key')
      .setAudience(`${entra.origin}/tenant-1/oauth2/v2.0/token`)
      .setJti(crypto.randomUUID())
      .setExpirationTime('2m')
      .sign(signing.privateKey);

  const outbound = (): OutboundOptions => {
    const authority = entra.origin;
    const microsoft = { kind: 'microsoft', tenantId: 'tenant-1', authority } as const;
    const { privateKey, certificate } = pair;
    const application = (provider: string) => ({ provider, scope: [GRAPH_SCOPE] });
    return {
      applications: {
        'graph-api': { scope: [GRAPH_SCOPE] },
        'storage-api': { scope: [STORAGE_SCOPE, GRAPH_SCOPE] },
        'other-tenant': application('other'),
        'by-certificate': application('certificate'),
        'by-assertion': application('federated'),
        'by-file': application('file'),
        'by-discovery': application('discovered'),
        'by-key': application('key'),
        'bad-secret': application('bad-secret'),
        'bad-scope': application('limited'),
        unconfigured: { scope: [], provider: 'nowhere' },
        incomplete: { scope: [], provider: 'incomplete' },
      },
      providers: {
        microsoft: { tenantId: 'tenant-1', clientId: 'daemon', clientSecret: ENTRA_SECRET, authority },
        other: { ...microsoft, tenantId: 'tenant-2', clientId: 'daemon', clientSecret: ENTRA_SECRET },
        certificate: { ...microsoft, clientId: 'with-certificate', certificate: { privateKey, certificate } },
        federated: { ...microsoft, clientId: 'with-key', assertion },
        file: { ...microsoft, clientId: 'with-key', assertionFile: join(folder, 'assertion') },
        discovered: {
          issuer: `${entra.origin}/tenant-1/v2.0`,
          clientId: 'with basic',
          clientSecret: 'a secret: with + and %',
        },
        key: {
          tokenEndpoint: `${entra.origin}/tenant-1/oauth2/v2.0/token`,
          clientId: 'with-key',
          privateKey: { key: signing.privateKey.export({ format: 'jwk' }), algorithm: 'ES256', keyId: 'key-1' },
        },
        'bad-secret': { ...microsoft, clientId: 'daemon', clientSecret: 'a-wrong-secret' },
        limited: { ...microsoft, clientId: 'limited', clientSecret: ENTRA_SECRET },
        incomplete: { tokenEndpoint: 'https://idp.example.com/token', clientId: '', clientSecret: undefined },
      },
    } as OutboundOptions;
  };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'nest-authority-assertion-'));
    entra = await startEntra({ clients: CLIENTS });
    const options = outbound();
    host = await createTestApp({ auth: { allowPrivateNetwork: true, clientCredentials: { outbound: options } } });
    service = host.app.get(ClientCredentialsService);
  });
  afterAll(async () => {
    await host.close();
    await entra.close();
    await rm(folder, { recursive: true });
  });

  const failure = async (name: string): Promise<AuthError> => {
    const error: unknown = await service.getToken(name).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(AuthError);
    return error as AuthError;
  };

  it('answers the documented record, and the second call from the cache', async () => {
    const before = await entra.tokenRequests();
    const first = await service.getToken('graph-api');
    expect(Object.keys(first).toSorted()).toEqual(
      ['accessToken', 'accessTokenExpiresAt', 'applicationName', 'createdAt', 'id', 'scope', 'updatedAt'].toSorted(),
    );
    expect(first).toMatchObject({ applicationName: 'graph-api', scope: GRAPH_SCOPE });
    expect(first.id).toMatch(/^[0-9a-f-]{36}$/);
    expect(first.accessToken.length).toBeGreaterThan(20);
    const lifetime = first.accessTokenExpiresAt.getTime() - first.updatedAt.getTime();
    expect(lifetime).toBeGreaterThan(3_500_000);
    expect(lifetime).toBeLessThanOrEqual(3_600_000);
    expect(await service.getToken('graph-api')).toEqual(first);
    expect(await entra.tokenRequests()).toBe(before + 1);
  });

  it('a refreshed token keeps its row: id and createdAt stay, one row per application', async () => {
    const first = await service.getToken('graph-api');
    await host.sql(`UPDATE auth_client_credential SET expires_at = now() + interval '59 seconds', created_at = now() - interval '1 day'
                    WHERE application_name = 'graph-api'`);
    const other = await createTestApp({
      auth: { allowPrivateNetwork: true, clientCredentials: { outbound: outbound2() } },
      databaseUrl: host.databaseUrl,
    });
    try {
      const second = await other.app.get(ClientCredentialsService).getToken('graph-api');
      expect(second.id).toBe(first.id);
      expect(second.accessToken).not.toBe(first.accessToken);
      expect(second.updatedAt.getTime() - second.createdAt.getTime()).toBeGreaterThan(80_000_000);
    } finally {
      await other.close();
    }
    const rows = await host.sql(`SELECT id FROM auth_client_credential WHERE application_name = 'graph-api'`);
    expect(rows).toHaveLength(1);
  });
  const outbound2 = (): OutboundOptions => {
    const { applications, providers } = outbound();
    return {
      applications: { 'graph-api': applications!['graph-api']! },
      providers: { microsoft: providers!['microsoft']! },
    };
  };

  it('several applications at once, each with its scopes', async () => {
    const [graph, storage] = await Promise.all(['graph-api', 'storage-api'].map((name) => service.getToken(name)));
    expect(storage!.accessToken).not.toBe(graph!.accessToken);
    expect(storage!.scope.split(' ').toSorted()).toEqual([GRAPH_SCOPE, STORAGE_SCOPE].toSorted());
  });

  it.each(['other-tenant', 'by-certificate', 'by-assertion', 'by-discovery', 'by-key'])('%s', async (name) => {
    const credential = await service.getToken(name);
    expect(credential).toMatchObject({ applicationName: name, scope: GRAPH_SCOPE });
  });

  it('by-file: the assertion is read anew for every request', async () => {
    expect(await failure('by-file')).toMatchObject({ status: 502, code: 'MICROSOFT_TOKEN_REQUEST_FAILED' });
    await writeFile(join(folder, 'assertion'), `${await assertion()}\n`);
    await host.sql(`UPDATE auth_client_credential SET failed_until = now() WHERE application_name = 'by-file'`);
    expect((await service.getToken('by-file')).scope).toBe(GRAPH_SCOPE);
  });

  it('404 for an application that is not registered', async () => {
    for (const name of ['nobody', '__proto__', 'constructor', '', '\0'])
      expect(await failure(name)).toMatchObject({ status: 404, code: 'MICROSOFT_APPLICATION_NOT_FOUND' });
  });

  it('500 without the provider, 500 with half of it; what is missing is told to the log only', async () => {
    expect(await failure('unconfigured')).toMatchObject({ status: 500, code: 'PROVIDER_NOT_CONFIGURED' });
    const error = await failure('incomplete');
    expect(error).toMatchObject({ status: 500, code: 'PROVIDER_INVALID_CONFIG' });
    expect(error.detail).toContain('clientId, clientSecret');
    expect(error.message).not.toContain('clientId');
  });

  it('502 with the error code of the provider: a wrong secret, an unknown scope', async () => {
    const wrongSecret = await failure('bad-secret');
    expect(wrongSecret).toMatchObject({ status: 502, code: 'MICROSOFT_TOKEN_REQUEST_FAILED' });
    expect(wrongSecret.details).toEqual({ upstreamError: 'invalid_client' });
    expect(JSON.stringify([wrongSecret, wrongSecret.message, wrongSecret.detail])).not.toContain('a-wrong-secret');
    expect((await failure('bad-scope')).details).toEqual({ upstreamError: 'invalid_scope' });
  });
});
