import { Inject, Injectable } from '@nestjs/common';
import { AuthRoutes } from '../../common/http/routes/auth-routes.js';
import { CORE_SETTINGS, type CoreSettings } from '../../common/options/core-options.js';
import { SecretBox } from '../../common/secrets/secret-box.js';
import { ACCOUNT_LINKING_SETTINGS, type AccountLinkingSettings } from '../account-linking.options.js';

/** What the target of a failed redirect is told: a code, and the provider's own words. */
export interface ProviderRedirectError {
  readonly code: string;
  readonly description: string | null;
}

const MAX_DESCRIPTION_CHARACTERS = 256;
/** Control characters, text direction marks, invisible characters, every kind of space; quotes and backslash (RFC 6749 4.1.2.1); markup. */
const NO_WORDS = /[\p{C}\p{Z}\p{DI}"\\<>]+/gu;
const CONTEXT = 'account-linking error page';

/** A provider's `error_description` (RFC 6749 4.1.2.1) as it may be shown: one line, bounded. @returns null when nothing is left */
export function tidyDescription(text: string | undefined): string | null {
  const words = (text ?? '').toWellFormed().replaceAll(NO_WORDS, ' ').trim();
  return words === '' ? null : Array.from(words).slice(0, MAX_DESCRIPTION_CHARACTERS).join('');
}

/** Where browsers go after a failed provider redirect: the app's address, else the host's, else our page. */
@Injectable()
export class ErrorAddresses {
  constructor(
    private readonly routes: AuthRoutes,
    private readonly box: SecretBox,
    @Inject(CORE_SETTINGS) private readonly core: CoreSettings,
    @Inject(ACCOUNT_LINKING_SETTINGS) private readonly settings: AccountLinkingSettings,
  ) {}

  /** @param given `errorCallbackURL` of the redirect */
  of(given: string | null, error: ProviderRedirectError): string {
    const base = given ?? this.settings.errorUrl;
    const url = new URL(base ?? this.routes.urlOf('/error'), this.core.issuer);
    url.searchParams.set('error', error.code);
    if (error.description !== null) {
      url.searchParams.set('error_description', error.description);
      if (base === null) url.searchParams.set('proof', this.proofs(error)[0]!);
    }
    if (!base?.startsWith('/')) return url.href;
    // The URL parser removes dot segments: `/.//host` would become `//host`, which is another host (T069).
    return `${url.pathname.startsWith('//') ? '/.' : ''}${url.pathname}${url.search}${url.hash}`;
  }

  /** Whether these words came from a provider: anyone can link to our page, and what it shows would seem to be ours. */
  isProven(error: ProviderRedirectError, proof: string | undefined): boolean {
    return proof !== undefined && this.proofs(error).includes(proof);
  }

  private proofs({ code, description }: ProviderRedirectError): string[] {
    return this.box.digests(`${code}\0${description}`, CONTEXT).map((digest) => digest.toString('base64url'));
  }
}
