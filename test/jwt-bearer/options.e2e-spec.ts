import { AuthModule, type AssertionIssuerOptions, type AuthOptions } from '../../src/index.js';
import { TEST_ISSUER, testOptions } from '../support/app.js';
import { bootError } from '../support/boot-error.js';
import { API } from '../support/client-auth.js';

const IDP = { issuer: 'https://idp.example', algorithms: ['ES256'] };

describe('the option jwtBearer', () => {
  const stop = (issuers: readonly object[], more: Partial<AuthOptions> = {}) =>
    bootError(() => [
      AuthModule.forRoot(
        testOptions({
          ...{ checkMigrations: false, jwt: true, oauthProvider: {}, accountLinking: {} },
          resources: [{ resource: API }],
          jwtBearer: { issuers: issuers as readonly AssertionIssuerOptions[] },
          ...more,
        }),
      ),
    ]);

  it.each<[string, object, RegExp]>([
    ['no issuer', { algorithms: ['ES256'] }, /^jwtBearer\.issuers: issuer is missing/],
    ['T191 this server (ID-JAG 8.3)', { ...IDP, issuer: TEST_ISSUER }, /it is this server itself\. Remove it/],
    ['T191 no algorithms', { issuer: IDP.issuer }, /algorithms is missing\. List those that it signs with/],
    ['T191 an empty list of algorithms', { ...IDP, algorithms: [] }, /algorithms is missing/],
    ['T191 none', { ...IDP, algorithms: ['none'] }, /algorithms must be some of/],
    ['T191 a symmetric algorithm', { ...IDP, algorithms: ['HS256'] }, /algorithms must be some of/],
    ['an address without TLS', { ...IDP, issuer: 'http://idp.example' }, /is not https/],
    ['keys within', { ...IDP, jwksUri: 'https://127.0.0.1/keys' }, /an address of this machine or of an inner network/],
    ['private keys', { ...IDP, jwks: { keys: [{ kty: 'oct', k: 'x' }] } }, /jwks must have public keys only/],
    [
      'many tenants by one issuer',
      { ...IDP, issuer: 'https://idp.example/{tenantid}' },
      /List the issuer of each tenant/,
    ],
    ['no tenants', { ...IDP, tenants: [] }, /tenants: list the tenants that you trust/],
    ['another type', { ...IDP, type: 'saml' }, /type: "saml" is not offered\. Give one of jwt, id-jag/],
    ['a way that there is not', { ...IDP, subject: 'sub' }, /subject: "sub" is no way to find a user/],
    ['no way', { ...IDP, subject: [] }, /is no way to find a user/],
    [
      'new users who are not found again',
      { ...IDP, subject: 'email', createUsers: true },
      /createUsers: .*Name 'linked'/,
    ],
    [
      'an hour for an ID-JAG',
      { ...IDP, type: 'id-jag', maxLifetime: '1h' },
      /maxLifetime: an identity assertion lives 10 minutes/,
    ],
    ['a day', { ...IDP, maxLifetime: '1d' }, /maxLifetime/],
    [
      'a resource that is none',
      { ...IDP, resources: ['https://elsewhere.example'] },
      /resources: "https:\/\/elsewhere\.example" is none of resources/,
    ],
    ['a scope that is none', { ...IDP, scopes: ['a b'] }, /scopes: "a b" is not a scope/],
    ['an option that there is not', { ...IDP, client: [] }, /there is no option "client"/],
  ])('%s stops the start', async (_name, issuer, message) => {
    expect(await stop([issuer])).toMatch(message);
  });

  it('one issuer twice, and capabilities that are not there', async () => {
    expect(await stop([IDP, IDP])).toMatch(/^jwtBearer\.issuers: https:\/\/idp\.example is listed twice/);
    expect(await stop([IDP], { oauthProvider: false })).toMatch(
      /^jwtBearer needs a token endpoint\. Add oauthProvider/,
    );
    expect(await stop([IDP], { accountLinking: false })).toMatch(/no accounts are linked here\. Add accountLinking/);
  });
});
