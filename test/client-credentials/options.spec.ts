import { resolveClientCredentialsOptions } from '../../src/client-credentials/client-credentials.options.js';
import type { OutboundOptions } from '../../src/index.js';
import { selfSigned } from '../support/self-signed.js';

const pair = selfSigned();
const other = selfSigned();
const microsoft = { tenantId: 'contoso.example.com', clientId: 'id', clientSecret: 'a secret value' };
const oauth = { tokenEndpoint: 'https://idp.example.com/token', clientId: 'id', clientSecret: 'a secret value' };
const acting = (application: object) =>
  ({ applications: { a: { scope: ['b'], provider: 'idp', ...application } } }) as OutboundOptions;
const withProvider = (provider: object, name = 'idp') => ({ providers: { [name]: provider } }) as OutboundOptions;

describe('options of outbound tokens', () => {
  it.each([
    ['a misspelt option', { application: {} }],
    ['a misspelt provider option', withProvider({ ...oauth, clientsecret: 'x' })],
    ['a kind that does not exist', withProvider({ ...oauth, kind: 'saml' })],
    ['a token endpoint by plain http', withProvider({ ...oauth, tokenEndpoint: 'http://idp.example.com/token' })],
    ['a token endpoint with credentials', withProvider({ ...oauth, tokenEndpoint: 'https://a:b@idp.example.com/' })],
    ['a token endpoint and an issuer', withProvider({ ...oauth, issuer: 'https://idp.example.com' })],
    ['an authority by plain http', withProvider({ ...microsoft, authority: 'http://login.example.com' }, 'microsoft')],
    ['a tenant that is a path', withProvider({ ...microsoft, tenantId: '../common' }, 'microsoft')],
    ['a tenant that is everybody', withProvider({ ...microsoft, tenantId: 'common' }, 'microsoft')],
    ['two credentials', withProvider({ ...oauth, assertionFile: '/tmp/x' })],
    ['an unknown auth method', withProvider({ ...oauth, authMethod: 'none' })],
    [
      'a key that is none',
      withProvider({ ...oauth, clientSecret: '', privateKey: { key: 'PEM', algorithm: 'ES256' } }),
    ],
    [
      'an algorithm that does not suit the key',
      withProvider({ ...oauth, clientSecret: '', privateKey: { key: pair.privateKey, algorithm: 'ES256' } }),
    ],
    [
      'a certificate of another key',
      withProvider(
        {
          ...microsoft,
          clientSecret: '',
          certificate: { privateKey: pair.privateKey, certificate: other.certificate },
        },
        'microsoft',
      ),
    ],
    ['a default lifetime that is too short', withProvider({ ...oauth, defaultExpiresIn: 60 })],
    ['a scope with a space', { applications: { a: { scope: ['b c'], provider: 'idp' } } }],
    ['a scope that is no array', { applications: { a: { scope: 'b' as never, provider: 'idp' } } }],
    ['no scope for Microsoft', { applications: { a: { scope: [] } } }],
    ['an application without options', { applications: { a: null as never } }],
    ['a parameter of ours', { applications: { a: { scope: [], provider: 'idp', parameters: { client_id: 'x' } } } }],
    ['a name with a line break', { applications: { 'a\n': { scope: [], provider: 'idp' } } }],
    ['a time-out of an hour', { timeout: '1h' }],
    ['a flow that does not exist', acting({ onBehalfOf: 'obo' })],
    ['a flow that Microsoft does not offer', { applications: { a: { scope: ['b'], onBehalfOf: 'token-exchange' } } }],
    ['the incoming token as an assertion', acting({ onBehalfOf: 'jwt-bearer', subjectToken: 'incoming' })],
    ['a token of our own for Microsoft', acting({ onBehalfOf: 'on-behalf-of', subjectToken: 'signed' })],
    ['a subject token that does not exist', acting({ onBehalfOf: 'token-exchange', subjectToken: 'theirs' })],
    ['a subject token of nobody', acting({ subjectToken: 'signed' })],
    ['an actor of nobody', acting({ actorToken: () => 'x' })],
    ['an actor where none is sent', acting({ onBehalfOf: 'jwt-bearer', actorToken: () => 'x' })],
    ['a type where none is sent', acting({ onBehalfOf: 'on-behalf-of', subjectTokenType: 'jwt' })],
    ['a type that does not exist', acting({ onBehalfOf: 'token-exchange', subjectTokenType: 'saml2' })],
    ['a key for nothing', acting({ onBehalfOf: 'token-exchange', signingAlgorithm: 'ES256' })],
    ['a key that is not published', acting({ onBehalfOf: 'jwt-bearer', signingAlgorithm: 'HS256' })],
    [
      'a subject token among the parameters',
      acting({ onBehalfOf: 'token-exchange', parameters: { subject_token: 'x' } }),
    ],
    ['a use among the parameters', acting({ onBehalfOf: 'on-behalf-of', parameters: { requested_token_use: 'x' } })],
  ])('stops the boot: %s', (_, outbound) => {
    const boot = () => resolveClientCredentialsOptions({ outbound: outbound as OutboundOptions });
    expect(boot).toThrow(/^clientCredentials\.outbound/);
    expect(boot).not.toThrow(/a secret value|BEGIN/);
  });

  it('parameters of acting for users are free where nobody is acted for', () => {
    const parameters = { assertion: 'of the host' };
    const { applications } = resolveClientCredentialsOptions({ outbound: acting({ parameters }) });
    expect(applications.get('a')).toMatchObject({ parameters, onBehalfOf: null });
  });

  it.each([
    ['tenantId', { ...microsoft, tenantId: undefined }],
    ['clientId', { ...microsoft, clientId: '' }],
    ['clientSecret', { ...microsoft, clientSecret: undefined }],
  ])('starts without %s of Microsoft, and says so', (name, provider) => {
    const settings = resolveClientCredentialsOptions({ outbound: { providers: { microsoft: provider } } });
    expect(settings.providers.get('microsoft')).toEqual({
      name: 'microsoft',
      kind: 'microsoft',
      problem: expect.stringContaining(`missing: ${name}`) as string,
    });
  });

  it('the authority is a host or an address', () => {
    const endpointOf = (authority: string | undefined) => {
      const provider = { ...microsoft, authority };
      const settings = resolveClientCredentialsOptions({ outbound: { providers: { microsoft: provider } } });
      return (settings.providers.get('microsoft') as { endpoint?: object }).endpoint;
    };
    const path = '/contoso.example.com/oauth2/v2.0/token';
    expect(endpointOf(undefined)).toEqual({ tokenEndpoint: `https://login.microsoftonline.com${path}` });
    expect(endpointOf('login.microsoftonline.us')).toEqual({
      tokenEndpoint: `https://login.microsoftonline.us${path}`,
    });
    expect(endpointOf('https://login.partner.example/')).toEqual({
      tokenEndpoint: `https://login.partner.example${path}`,
    });
  });
});
