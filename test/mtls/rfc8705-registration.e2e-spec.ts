import { authority, issue } from '../support/certificates.js';
import { ClientDoors, refusedAs, TAKEN } from '../support/client-doors.js';

const root = authority();
const KEYS = { jwks: { keys: [issue().jwk] } };
const METHOD = 'tls_client_auth';
const refused = (name: string) => refusedAs('invalid_client_metadata', name);

describe('metadata of clients with certificates', () => {
  let doors: ClientDoors;
  beforeAll(async () => {
    doors = await ClientDoors.open({}, { trustProxy: ['loopback'], mtls: { ca: root.pem } });
  });
  afterAll(() => doors.close());

  it.each<[string, object]>([
    ['tls_client_auth_subject_dn', { tls_client_auth_subject_dn: 'CN=client,O=Example\\, Inc.,C=DE' }],
    ['tls_client_auth_san_dns', { tls_client_auth_san_dns: 'client.example' }],
    ['tls_client_auth_san_uri', { tls_client_auth_san_uri: 'spiffe://example/client' }],
    ['tls_client_auth_san_ip', { tls_client_auth_san_ip: '2001:db8::1' }],
    ['tls_client_auth_san_email', { tls_client_auth_san_email: 'client@example.com' }],
  ])('RFC 8705 2.1.2: %s is taken at every door, and told', async (name, subject) => {
    const metadata = { token_endpoint_auth_method: METHOD, ...subject };
    expect(await doors.ask(metadata)).toEqual(TAKEN);
    const { body } = await doors.register({ redirect_uris: ['https://client.example/callback'], ...metadata });
    expect(body).toMatchObject({ token_endpoint_auth_method: METHOD, ...subject });
    expect(body).not.toHaveProperty('client_secret');
    expect(body).toHaveProperty(name);
  });

  it.each<[string, string, object]>([
    ['no subject', 'token_endpoint_auth_method', {}],
    [
      'two subjects',
      'tls_client_auth_san_dns',
      { tls_client_auth_subject_dn: 'CN=client', tls_client_auth_san_dns: 'client.example' },
    ],
    ['a subject that is no name', 'tls_client_auth_subject_dn', { tls_client_auth_subject_dn: 'client' }],
    ['a pattern for hosts', 'tls_client_auth_san_dns', { tls_client_auth_san_dns: '*.example.com' }],
    ['an address that is relative', 'tls_client_auth_san_uri', { tls_client_auth_san_uri: '/client' }],
    ['half an IP address', 'tls_client_auth_san_ip', { tls_client_auth_san_ip: '10.0.0' }],
    ['a range', 'tls_client_auth_san_ip', { tls_client_auth_san_ip: '10.0.0.0/8' }],
    ['no mailbox', 'tls_client_auth_san_email', { tls_client_auth_san_email: 'example.com' }],
    ['a number', 'tls_client_auth_san_dns', { tls_client_auth_san_dns: 7 }],
  ])('RFC 8705 2.1.2: %s is refused at every door', async (_what, name, subject) => {
    expect(await doors.ask({ token_endpoint_auth_method: METHOD, ...subject })).toEqual(refused(name));
  });

  it('RFC 8705 2.1.2: a subject beside another method has no effect, and is refused', async () => {
    expect(await doors.ask({ tls_client_auth_subject_dn: 'CN=client' })).toEqual(refused('tls_client_auth_subject_dn'));
  });

  it('RFC 8705 2.2.1: self_signed_tls_client_auth needs keys', async () => {
    const method = { token_endpoint_auth_method: 'self_signed_tls_client_auth' };
    expect(await doors.ask(method)).toEqual(refused('token_endpoint_auth_method'));
    expect(await doors.ask({ ...method, ...KEYS })).toEqual(TAKEN);
    expect(await doors.ask({ ...method, jwks_uri: 'https://client.example/jwks' })).toEqual(TAKEN);
  });

  it('RFC 8705 3.4: tls_client_certificate_bound_access_tokens is taken', async () => {
    expect(await doors.ask({ tls_client_certificate_bound_access_tokens: true })).toEqual(TAKEN);
  });
});

describe('metadata of clients with certificates, where nothing proves a path', () => {
  let doors: ClientDoors;
  beforeAll(async () => {
    doors = await ClientDoors.open({}, { trustProxy: ['loopback'], mtls: {} });
  });
  afterAll(() => doors.close());

  it('RFC 8705 2.1: tls_client_auth is refused, self_signed_tls_client_auth and bound tokens are not', async () => {
    const subject = { tls_client_auth_subject_dn: 'CN=client' };
    expect(await doors.ask({ token_endpoint_auth_method: METHOD, ...subject })).toEqual(
      refused('token_endpoint_auth_method'),
    );
    expect(await doors.ask({ token_endpoint_auth_method: 'self_signed_tls_client_auth', ...KEYS })).toEqual(TAKEN);
    expect(await doors.ask({ tls_client_certificate_bound_access_tokens: true })).toEqual(TAKEN);
  });
});

describe('metadata of clients with certificates, where none are read', () => {
  let doors: ClientDoors;
  beforeAll(async () => {
    doors = await ClientDoors.open();
  });
  afterAll(() => doors.close());

  it.each<[string, object]>([
    ['token_endpoint_auth_method', { token_endpoint_auth_method: METHOD, tls_client_auth_san_dns: 'a.example' }],
    ['token_endpoint_auth_method', { token_endpoint_auth_method: 'self_signed_tls_client_auth', ...KEYS }],
    ['tls_client_certificate_bound_access_tokens', { tls_client_certificate_bound_access_tokens: true }],
  ])('F48, RFC 8705: %s is refused at every door (%j)', async (name, metadata) => {
    expect(await doors.ask(metadata as Record<string, unknown>)).toEqual(refused(name));
  });
});
