import { resolveResourceServerOptions, type ResourceServerOptions } from './resource-server.options.js';

const ISSUER = 'https://login.example.com';
const introspection = { endpoint: `${ISSUER}/introspect`, clientId: 'api', clientSecret: 'a secret' };
const settings = (options: object) =>
  resolveResourceServerOptions({ audience: 'api', ...options } as ResourceServerOptions);
const ofIssuer = (more: object) => settings({ issuers: [{ issuer: ISSUER, ...more }] });

describe('options of a resource server', () => {
  it('defaults: at+jwt, asymmetric algorithms, five seconds, the audience of the server', () => {
    const { issuers, ...rest } = ofIssuer({});
    expect(rest).toMatchObject({ clockToleranceSeconds: 5, cacheTtlSeconds: 300, cacheSize: 10_000, realm: 'api' });
    expect(issuers[0]).toMatchObject({ audiences: ['api'], audienceClaim: 'aud', type: 'at+jwt', introspection: null });
    expect(issuers[0]!.algorithms).not.toContain('HS256');
    expect(issuers[0]!.algorithms).toContain('RS256');
  });

  it.each<[string, object, RegExp]>([
    ['no issuers', { issuers: [] }, /issuers is empty\. Name the issuers/],
    ['no list of issuers', {}, /issuers is empty/],
    ['an issuer of another kind', { issuers: [{ issuer: 5 }] }, /issuer: it is a number\. Give a text/],
    ['an issuer without a name', { issuers: [{ roles: 'a' }, {}] }, /issuers: issuer is missing\. Give the iss/],
    ['issuers of another kind', { issuers: ISSUER }, /issuers: it is a text\. Give a list of objects/],
    ['an unknown option', { issuers: [{ issuer: ISSUER }], audiences: [] }, /there is no option "audiences"/],
    ['one issuer twice', { issuers: [{ issuer: ISSUER }, { issuer: ISSUER }] }, /is listed twice\. Remove one/],
    ['no audience', { issuers: [{ issuer: ISSUER }], audience: undefined }, /audience is missing.*RFC 9068 4/],
    ['an empty audience', { issuers: [{ issuer: ISSUER }], audience: '' }, /audience is missing/],
    ['a realm with a quote', { issuers: [{ issuer: ISSUER }], realm: 'a"b' }, /realm: .*does not fit into a header/],
    ['too much tolerance', { issuers: [{ issuer: ISSUER }], clockTolerance: '5m' }, /clockTolerance: .*Give 0 to 60/],
    [
      'two that are asked about opaque tokens',
      { issuers: [ISSUER, `${ISSUER}/two`].map((issuer) => ({ issuer, introspection })) },
      /two of them are asked about opaque tokens.*tokens: 'jwt'/,
    ],
  ])('%s stops the boot', (_name, options, message) => {
    expect(() => settings(options)).toThrow(message);
  });

  it.each<[string, object, RegExp]>([
    ['an unknown option', { aud: 'x' }, /there is no option "aud"/],
    [
      'http',
      { issuer: 'http://login.example.com' },
      /is not https\. Give an https address; .*allowPrivateNetwork: true/,
    ],
    ['an inner address', { jwksUri: 'https://10.0.0.1/keys' }, /address of this machine or of an inner network/],
    ['credentials in the address', { discoveryUri: 'https://a:b@login.example.com/' }, /carries credentials/],
    ['HS256', { algorithms: ['HS256'] }, /algorithms must be some of ES256/],
    ['none', { algorithms: ['none'] }, /algorithms must be some of/],
    ['no algorithm', { algorithms: [] }, /algorithms must be some of/],
    ['type true', { type: true }, /type must be the typ of its access tokens, or false/],
    ['a claim without a value', { claims: { token_use: true } }, /claims\.token_use must be a text or a list of texts/],
    ['another claim for the audience', { audienceClaim: 'sub' }, /audienceClaim: "sub" is not offered/],
    ['a path that cannot be read', { roles: 'https://example.com/roles' }, /roles: .*is not a path.*double quotes/],
    ['an empty path', { roles: '' }, /roles: "" is not a path of a claim: it is empty/],
    ['a private key', { jwks: { keys: [{ kty: 'EC', d: 'x' }] } }, /jwks must have public keys only/],
    ['a symmetric key', { jwks: { keys: [{ kty: 'oct', k: 'x' }] } }, /jwks must have public keys only/],
    ['no key set', { jwks: { key: [] } }, /jwks is not a key set/],
    ['tenants without a place', { tenants: ['a'] }, /tenants is for an issuer with \{tenantid\}/],
    [
      'tenants by another name than their id',
      { issuer: `${ISSUER}/{tenantid}`, tenants: ['contoso.com'], discoveryUri: ISSUER },
      /tenants: "contoso\.com" is not the id of a tenant\. Give it as the claim tid has it/,
    ],
    [
      'introspection of many tenants',
      { issuer: `${ISSUER}/{tenantid}`, tenants: 'any', discoveryUri: ISSUER, introspection },
      /introspection: an issuer of many tenants .*List the tenants as issuers of their own/,
    ],
    ['a place without tenants', { issuer: `${ISSUER}/{tenantid}` }, /tenants is missing\. List the ids/],
    [
      'a place without a document',
      { issuer: `${ISSUER}/{tenantid}`, tenants: 'any' },
      /has no discovery document of its own\. Give discoveryUri/,
    ],
    [
      'introspection without a secret',
      { introspection: { ...introspection, clientSecret: undefined } },
      /give endpoint, clientId and clientSecret/,
    ],
    [
      'introspection by http',
      { introspection: { ...introspection, endpoint: 'http://a.example/' } },
      /endpoint: .*is not https/,
    ],
    [
      'an answer that is kept too long',
      { introspection: { ...introspection, cacheTtl: '1h' } },
      /cacheTtl: .*Give 0 to 600/,
    ],
  ])('of an issuer: %s stops the boot', (_name, more, message) => {
    expect(() => ofIssuer(more)).toThrow(message);
    // The secret is never in a message.
    expect(() => ofIssuer(more)).not.toThrow(/a secret/);
  });

  it.each<[string, object]>([
    ['issuer', { issuer: 'https://me:hidden@login.example.com' }],
    ['jwksUri', { jwksUri: 'https://me:hidden@login.example.com' }],
    ['introspection', { introspection: { ...introspection, endpoint: 'https://me:hidden@login.example.com' } }],
  ])('credentials in the address of %s are refused and not repeated', (_name, more) => {
    expect(() => ofIssuer(more)).toThrow(/carries credentials/);
    expect(() => ofIssuer(more)).not.toThrow(/hidden/);
  });

  it('no options at all stop the boot', () => {
    expect(() => resolveResourceServerOptions(undefined as never)).toThrow(/issuers is empty/);
  });
});
