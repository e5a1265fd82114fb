import { SecretBox } from '../../common/secrets/secret-box.js';
import { credentialKey } from './credential-key.js';
import type { OutboundApplication } from './outbound.settings.js';
import type { UsableProvider } from './provider.settings.js';

const box = new SecretBox(['a secret for tests only, long enough 0123456789']);
const onBehalfOf = {
  flow: 'token-exchange',
  subjectToken: 'incoming',
  subjectTokenType: 'access_token',
  actorToken: null,
  actorTokenType: 'jwt',
  signingAlgorithm: 'ES256',
} as const;
const application: OutboundApplication = {
  name: 'orders',
  providerName: 'idp',
  scope: ['a'],
  parameters: {},
  onBehalfOf,
};
const provider: UsableProvider = {
  name: 'idp',
  kind: 'oauth',
  problem: null,
  endpoint: { tokenEndpoint: 'https://idp.example.com/token' },
  clientId: 'id',
  authentication: { method: 'client_secret_basic', secret: 'a secret value' },
  defaultLifetimeSeconds: null,
};
const keyOf = (identity: readonly unknown[] | null, changed: Partial<OutboundApplication> = {}) =>
  credentialKey(box, { ...application, ...changed }, provider, identity && { identity }).configuration.toString('hex');

describe('the key of an outbound token', () => {
  it('T171 is another for every spelling of who the user is', () => {
    const identities = [
      null,
      [],
      [['a', 'b,c'], null],
      [['a,b', 'c'], null],
      [['a', 'b', 'c'], null],
      [['a', 'b","c'], null],
      ['["a","b","c"]', null],
      [['A', 'b', 'c'], null],
      [['a', 'b', 'c'], 'null'],
      [['a', null, 'c'], null],
      [['a', '', 'c'], null],
      [['a', 'b', 'c'], null, null],
      [['a\u0000', 'b', 'c'], null],
      [['\u00e4'], null],
      [['a\u0308'], null],
    ];
    const keys = identities.map((identity) => keyOf(identity));
    expect(new Set(keys).size).toBe(identities.length);
    expect(keyOf([['a', 'b', 'c'], null])).toBe(keys[4]);
  });

  it('T171 is another for every way to act, and for another audience', () => {
    const changes = [
      {},
      { onBehalfOf: { ...onBehalfOf, flow: 'on-behalf-of' } },
      { onBehalfOf: { ...onBehalfOf, subjectToken: 'signed' } },
      { onBehalfOf: { ...onBehalfOf, subjectToken: () => 'made' } },
      { onBehalfOf: { ...onBehalfOf, subjectTokenType: 'jwt' } },
      { onBehalfOf: { ...onBehalfOf, actorToken: () => 'actor' } },
      { parameters: { audience: 'other' } },
    ] as const;
    const keys = changes.map((changed) => keyOf(['user'], changed));
    expect(new Set(keys).size).toBe(changes.length);
  });

  it('of an application for itself is what it was before there were users', () => {
    const { configuration } = credentialKey(box, { ...application, onBehalfOf: null }, provider, null);
    const text =
      '["nest-authority client credential 1","oauth",{"tokenEndpoint":"https://idp.example.com/token"},"id",["client_secret_basic","a secret value"],["a"],[]]';
    expect(configuration.toString('base64')).toBe(box.sign(text));
  });
});
