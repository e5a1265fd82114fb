import { ClientDoors, refusedAs, TAKEN } from '../support/client-doors.js';
import { administer, SMALLEST } from '../support/clients.js';

describe('wishes that this server does not carry out', () => {
  let doors: ClientDoors;
  beforeAll(async () => {
    doors = await ClientDoors.open();
  });
  afterAll(() => doors.close());

  it.each<[string, unknown]>([
    ['tls_client_certificate_bound_access_tokens', true],
    ['require_signed_request_object', true],
    ['id_token_encrypted_response_alg', 'RSA-OAEP'],
    ['id_token_encrypted_response_enc', 'A256GCM'],
    ['userinfo_encrypted_response_alg', 'ECDH-ES'],
    ['userinfo_encrypted_response_enc', 'A128GCM'],
    ['request_object_encryption_alg', 'RSA-OAEP'],
    ['request_object_encryption_enc', 'A256GCM'],
    ['authorization_signed_response_alg', 'none'],
    ['authorization_signed_response_alg', 'HS256'],
    ['response_modes', ['query', 'web_message']],
    ['response_modes', ['fragment.jwt']],
    ['response_modes', []],
    ['authorization_encrypted_response_alg', 'RSA-OAEP'],
    ['authorization_encrypted_response_enc', 'A256GCM'],
    ['introspection_signed_response_alg', 'none'],
    ['introspection_signed_response_alg', 'ES512'],
    ['introspection_encrypted_response_alg', 'RSA-OAEP'],
    ['introspection_encrypted_response_enc', 'A256GCM'],
    ['tls_client_auth_subject_dn', 'CN=client'],
    ['tls_client_auth_san_dns', 'client.example'],
    ['default_acr_values', ['urn:mace:incommon:iap:silver']],
  ])('F48, F31: %s is refused at every door', async (name, value) => {
    expect(await doors.ask({ [name]: value })).toEqual(refusedAs('invalid_client_metadata', name));
  });

  it('F48: what asks for nothing is no wish, and what protects nobody is left out (RFC 7591 2)', async () => {
    const idle = { request_object_encryption_alg: false, id_token_encrypted_response_alg: null };
    expect(await doors.ask(idle)).toEqual(TAKEN);
    const { body } = await doors.register({ ...SMALLEST, ...idle, authorization_details_types: ['payment'] });
    for (const name of [...Object.keys(idle), 'authorization_details_types']) expect(body).not.toHaveProperty(name);
  });

  it('F48: signed requests may be asked for where there are request objects', async () => {
    const open = await ClientDoors.open({ requestObjects: true });
    try {
      expect(await open.ask({ require_signed_request_object: true })).toEqual(TAKEN);
    } finally {
      await open.close();
    }
  });

  it('F48: metadata of the options are known ones', async () => {
    expect(await doors.booting({ ...SMALLEST, requirePushedAuthorizationRequests: true })).toMatch(
      /"an option".*metadata: there is no option "requirePushedAuthorizationRequests"/,
    );
  });

  it.each<[string, object, object]>([
    ['require_pkce', { require_pkce: true }, { requirePkce: true }],
    ['skip_consent', { skip_consent: true }, { skipConsent: true }],
    ['first_party', { first_party: true }, { firstParty: true }],
    [
      'client_credentials_scopes',
      { client_credentials_scopes: ['read:data'], grant_types: ['authorization_code', 'client_credentials'] },
      { clientCredentialsScopes: ['read:data'] },
    ],
  ])("F48: administration may say %s on better-auth's wire", async (_name, given, policy) => {
    const made = await administer(doors.host, 'POST', 'oauth-clients', { ...SMALLEST, ...given });
    expect([made.status, made.body.policy]).toEqual([201, expect.objectContaining(policy)]);
    const other = await administer(doors.host, 'POST', 'oauth-clients', SMALLEST);
    const changed = await administer(doors.host, 'PATCH', `oauth-clients/${other.body.client_id}`, given);
    expect([changed.status, changed.body.policy]).toEqual([200, expect.objectContaining(policy)]);
  });

  it.each([
    { require_pkce: 'yes' },
    { skip_consent: 'yes' },
    { first_party: 1 },
    { client_credentials_scopes: 'read:data' },
    { enable_end_session: false },
  ])('F48: administration and seeds: %j is refused', async (given) => {
    const said = await administer(doors.host, 'POST', 'oauth-clients', { ...SMALLEST, ...given });
    expect([said.status, said.body.code]).toEqual([400, 'INVALID_CLIENT_METADATA']);
    expect(await doors.seeding({ ...SMALLEST, ...given })).toMatch(
      new RegExp(`^refused: client "a seed": ${Object.keys(given)[0]}`),
    );
  });
});
