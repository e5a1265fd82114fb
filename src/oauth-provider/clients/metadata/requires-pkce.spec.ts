import type { OAuthProviderSettings } from '../../oauth-provider.settings.js';
import { NO_POLICY } from './client-metadata.js';
import type { ClientOrigin } from './registered-client.js';
import { requiresPkce } from './requires-pkce.js';

type Asking = Parameters<typeof requiresPkce>[0];

type Policy = OAuthProviderSettings['pkce'];
const OAUTH21: Policy = { everyone: true, byDefault: null };
const OAUTH20: Policy = { everyone: false, byDefault: null };

function client(registeredBy: ClientOrigin, requirePkce: boolean | null, isPublic = false): Asking {
  const metadata = { token_endpoint_auth_method: isPublic ? 'none' : 'client_secret_basic' } as const;
  return { metadata, registeredBy, policy: { ...NO_POLICY, requirePkce } };
}

describe('T059 RFC 9700 2.1.1 who has to use PKCE', () => {
  it.each<[string, Policy, Asking, boolean]>([
    ['OAuth 2.1: everyone', OAUTH21, client('open', null), true],
    ['OAuth 2.1: also one that says it need not', OAUTH21, client('options', false), true],
    ['a public client, whatever is said', { everyone: false, byDefault: false }, client('open', false, true), true],
    ['a client of the options', OAUTH20, client('options', null), true],
    ['a client of the administration', OAUTH20, client('administration', null), true],
    ['a client that registered itself', OAUTH20, client('open', null), false],
    ['by an initial access token', OAUTH20, client('initial_access_token', null), false],
    ["a user's", OAUTH20, client('user', null), false],
    ['one that says it must', OAUTH20, client('open', true), true],
    ['one that says it need not', OAUTH20, client('options', false), false],
    ['requirePKCE: true', { everyone: false, byDefault: true }, client('open', null), true],
    [
      'requirePKCE: true, one that says it need not',
      { everyone: false, byDefault: true },
      client('open', false),
      false,
    ],
    ['requirePKCE: false', { everyone: false, byDefault: false }, client('options', null), false],
    ['requirePKCE: false, one that says it must', { everyone: false, byDefault: false }, client('options', true), true],
  ])('%s', (_name, pkce, who, expected) => expect(requiresPkce(who, { pkce })).toBe(expected));
});
