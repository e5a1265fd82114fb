import { ClientDoors, refusedAs, TAKEN } from '../support/client-doors.js';
import { CALLBACK } from '../support/clients.js';

describe('addresses of clients', () => {
  let doors: ClientDoors;
  beforeAll(async () => {
    doors = await ClientDoors.open({ redirectSchemes: ['cursor', 'vscode'] });
  });
  afterAll(() => doors.close());

  it.each([
    'https:/a.example/cb',
    'https:a.example/cb',
    'https:///a.example/cb',
    'HTTPS://a.example/cb',
    'https:\\\\a.example\\cb',
    'https:/\\a.example/cb',
    ' https://a.example/cb',
    'https://a.example/cb ',
    'ht\ttps://a.example/cb',
    'https://a.exam\nple/cb',
    'https://user@a.example/cb',
    'https://:@a.example/cb',
    'https://a.example:00443/cb',
    'https://a.example:/cb',
    'https://a.ex%61mple/cb',
    'https://2130706433/cb',
    'https://a.example/x/../cb',
    'https://a.example/x/%2e%2E/cb',
  ])('F09: RFC 9700 2.1: %j is read otherwise by parsers: no redirect address, at no door', async (uri) => {
    expect(await doors.ask({ redirect_uris: [CALLBACK, uri] })).toEqual(
      refusedAs('invalid_redirect_uri', 'redirect_uris'),
    );
  });

  it.each([
    ['post_logout_redirect_uris', true],
    ['request_uris', true],
    ['client_uri', false],
    ['logo_uri', false],
    ['policy_uri', false],
    ['tos_uri', false],
    ['jwks_uri', false],
    ['sector_identifier_uri', false],
    ['initiate_login_uri', false],
    ['backchannel_logout_uri', false],
    ['frontchannel_logout_uri', false],
  ])('F09: nor is it any other address: %s', async (name, isList) => {
    for (const uri of ['https:/client.example/x', 'https:client.example/x', 'https://client.example:0443/x'])
      expect(await doors.ask({ [name]: isList ? [uri] : uri })).toEqual(refusedAs('invalid_client_metadata', name));
  });

  it.each([
    ['redirect_uris', CALLBACK, 'invalid_redirect_uri'],
    ['redirect_uris', JSON.stringify([CALLBACK]), 'invalid_redirect_uri'],
    ['grant_types', 'authorization_code', 'invalid_client_metadata'],
    ['contacts', 'a@client.example', 'invalid_client_metadata'],
    ['post_logout_redirect_uris', CALLBACK, 'invalid_client_metadata'],
    ['request_uris', CALLBACK, 'invalid_client_metadata'],
    ['default_acr_values', '0', 'invalid_client_metadata'],
    ['response_types', 'code', 'invalid_client_metadata'],
    ['response_types', '', 'invalid_client_metadata'],
  ])('F09: RFC 7591 2: %s is a list, and %j is none', async (name, text, error) => {
    const said = name === 'redirect_uris' ? 'redirectUris|redirect_uris' : name === 'grant_types' ? 'grant' : name;
    expect(await doors.ask({ [name]: text })).toEqual(refusedAs(error, `(${said})`));
  });

  it.each(['scopes', 'clientCredentialsScopes', 'resources'] as const)('F09: so is the option %s', async (name) => {
    const client = { clientId: 'an option', clientSecret: 'x'.repeat(32), redirectUris: [CALLBACK] };
    const said = await doors.bootingWith({ ...client, [name]: 'openid' as never });
    expect(said).toContain(`oauthProvider.clients[0].${name}: it is a text. Give a list of texts`);
  });

  it.each([
    'http://127.1/callback',
    'http://0x7f.1/callback',
    'http://127.0.0.2/callback',
    'http://2130706433/callback',
    'http://[0:0:0:0:0:0:0:1]/callback',
    'http://[::ffff:127.0.0.1]/callback',
    'http://localhost./callback',
    'http://sub.localhost/callback',
    'http://LOCALHOST.evil.example/callback',
    'http://127.0.0.1:0/callback',
  ])('F44: RFC 8252 7.3: %s is no loopback address', async (uri) => {
    for (const application_type of ['native', undefined])
      expect(await doors.ask({ redirect_uris: [uri], application_type })).toEqual(
        refusedAs('invalid_redirect_uri', 'redirect_uris'),
      );
  });

  it.each([
    'com.example.app://host/cb',
    'com.example.app:///cb',
    'com.example.app:cb',
    'com.example.app:',
    'com..example:/cb',
    'com.-example:/cb',
    'myapp:/cb',
    'myapp://cb',
    'javascript:/cb',
    'intent://x/cb',
  ])('F44: RFC 8252 7.1: %s is no address of an application', async (uri) => {
    expect(await doors.ask({ redirect_uris: [uri], application_type: 'native' })).toEqual(
      refusedAs('invalid_redirect_uri', 'redirect_uris'),
    );
  });

  it.each([
    ['com.example.app:/cb', 'native'],
    ['com.example.app:/cb?x=1', 'native'],
    ['com.googleusercontent.apps.123-abc:/oauthredirect', 'native'],
    ['com.example.MyApp:/cb', 'native'],
    ['http://127.0.0.1:33418', 'native'],
    ['http://localhost', 'native'],
    ['cursor://anysphere.cursor-retrieval/oauth/callback', 'native'],
    ['vscode://vscode.example-auth/did-authenticate', 'native'],
    ['http://localhost:3000/cb', 'native'],
    ['http://127.0.0.1/cb', 'native'],
    ['http://[::1]:7000/cb', 'native'],
    ['https://a.example:8443/cb?tenant=1', 'web'],
  ])('F27: RFC 8252 7: %s without application_type is taken, as of a %s client', async (uri, type) => {
    expect(await doors.ask({ redirect_uris: [uri], application_type: undefined })).toEqual(TAKEN);
    const { body } = await doors.register({ redirect_uris: [uri] });
    expect(body).toMatchObject({ application_type: type, token_endpoint_auth_method: 'client_secret_basic' });
  });

  it('F27: claimed https addresses of a native application stand beside its scheme (RFC 8252 7.2)', async () => {
    const { body } = await doors.register({ redirect_uris: ['https://app.example/cb', 'com.example.app:/cb'] });
    expect(body.application_type).toBe('native');
    const web = await doors.register({ redirect_uris: ['https://app.example/cb', 'http://localhost:3000/cb'] });
    expect(web.body.application_type).toBe('web');
    const said = await doors.register({ redirect_uris: ['com.example.app:/cb'], application_type: 'web' });
    expect([said.status, said.body.error]).toEqual([400, 'invalid_redirect_uri']);
  });

  it.each([
    ['https', 'http'],
    ['javascript', 'javascript'],
    ['data', 'data'],
    ['file', 'file'],
    ['blob', 'blob'],
    ['about', 'about'],
    ['urn', 'urn'],
    ['cursor://', 'cursor'],
    ['Cursor', 'Cursor'],
    ['', '""'],
  ])('F27: redirectSchemes: %j stops the start', async (scheme) => {
    const said = await doors.bootingWith({ clientId: 'x' }, { redirectSchemes: [scheme] });
    expect(said).toMatch(/^refused: oauthProvider\.redirectSchemes: .*\. Give /);
    expect(await doors.bootingWith({ clientId: 'x' }, { redirectSchemes: 'cursor' as never })).toMatch(
      /redirectSchemes: it is a text\. Give a list/,
    );
  });

  it.each([
    'https://127.0.0.1/x',
    'https://10.0.0.1/x',
    'https://[fd00::1]/x',
    'https://[::1]:8443/x',
    'https://169.254.169.254/x',
    'https://localhost/x',
    'https://a.localhost/x',
    'https://localhost./x',
    'https://printer.local/x',
    'https://intranet/x',
    'http://127.0.0.1:8080/x',
  ])('F44: %s is not called where private networks are off, so it is not registered', async (uri) => {
    for (const name of ['backchannel_logout_uri', 'jwks_uri', 'sector_identifier_uri'])
      expect(await doors.ask({ [name]: uri })).toEqual(refusedAs('invalid_client_metadata', name));
    expect(await doors.ask({ request_uris: [uri] })).toEqual(refusedAs('invalid_client_metadata', 'request_uris'));
  });

  it('F44: where they are on it is; link-local ones never are', async () => {
    const open = await ClientDoors.open({}, { allowPrivateNetwork: true });
    try {
      for (const uri of ['https://10.0.0.1/x', 'http://127.0.0.1:8080/x', 'https://intranet/x'])
        expect(await open.ask({ backchannel_logout_uri: uri })).toEqual(TAKEN);
      expect(await open.ask({ backchannel_logout_uri: 'https://169.254.169.254/x' })).toEqual(
        refusedAs('invalid_client_metadata', 'backchannel_logout_uri'),
      );
    } finally {
      await open.close();
    }
  });
});
