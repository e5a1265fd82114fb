import type { OAuthProviderOptions } from './oauth-provider.options.js';
import { FAPI_ALGORITHMS, MAX_FAPI_CODE_SECONDS } from './clients/metadata/client-rules.js';

/** What the options are checked against, as far as they are given. */
interface GivenOptions extends Pick<
  OAuthProviderOptions,
  | 'oauth21'
  | 'requirePKCE'
  | 'requirePushedAuthorizationRequests'
  | 'requireSignedRequestObject'
  | 'clientAssertionAudience'
> {
  readonly profile: OAuthProviderOptions['profile'] | null;
  readonly codeTTLSeconds: number;
  readonly accessTokenAlgorithm: string;
}

type Given = { readonly [Name in keyof GivenOptions]: GivenOptions[Name] | null };

/**
 * Requires that no option takes back what the profile of the server promises (FAPI 2.0 Security Profile 5.3.2, 5.4.1, Message Signing 5.3.1).
 * @param dpopAlgorithms those of `dpop.algorithms`
 * @throws Error with option and remedy; stops the boot
 */
export function requireFapi(given: Given, dpopAlgorithms: Iterable<string>): void {
  const { profile, codeTTLSeconds } = given;
  if (profile === null || profile === undefined) return;
  const off = (name: 'oauth21' | 'requirePKCE' | 'requirePushedAuthorizationRequests', what: string) => {
    if (given[name] === false) throw contradiction(name, 'false', `it asks for ${what}`);
  };
  off('oauth21', 'PKCE of every client');
  off('requirePKCE', 'PKCE of every client');
  off('requirePushedAuthorizationRequests', 'pushed requests');
  if (profile === 'fapi2-message-signing' && given.requireSignedRequestObject === false)
    throw contradiction('requireSignedRequestObject', 'false', 'it asks for signed requests');
  if (given.clientAssertionAudience === 'any')
    throw contradiction(
      'clientAssertionAudience',
      "'any'",
      'it takes the issuer alone as the audience of an assertion',
    );
  if (codeTTLSeconds !== null && codeTTLSeconds > MAX_FAPI_CODE_SECONDS)
    throw contradiction(
      'codeTTL',
      `${codeTTLSeconds} seconds`,
      `its codes live ${MAX_FAPI_CODE_SECONDS} seconds at most`,
    );
  const { accessTokenAlgorithm } = given;
  if (accessTokenAlgorithm !== null && !FAPI_ALGORITHMS.includes(accessTokenAlgorithm))
    throw contradiction('accessTokenAlgorithm', accessTokenAlgorithm, `it allows ${FAPI_ALGORITHMS.join(', ')}`);
  if ([...dpopAlgorithms].includes('RS256'))
    throw new Error(
      `dpop.algorithms: RS256, but oauthProvider.profile '${profile}' excludes it. Leave one of them out.`,
    );

  function contradiction(option: string, value: string, why: string): Error {
    return new Error(
      `oauthProvider.${option}: ${value}, but oauthProvider.profile '${profile}': ${why}. Leave one of them out.`,
    );
  }
}
