import type { Provider } from '@nestjs/common';
import { CredentialCache } from './cache/credential-cache.js';
import type { Grant } from './grants/grant.js';
import { AUTHENTICATORS } from './guards/auth.guard.js';
import type { Authenticator } from './guards/authenticator.js';
import { BearerAuthenticator } from './guards/bearer.authenticator.js';
import { BearerStrategy } from './guards/bearer.strategy.js';
import type {
  MetadataContributor,
  SessionContributor,
  SessionHoldings,
  SignInContinuation,
  SignInContributor,
  SignInPagePart,
} from './host/contributors.js';
import type { SignInMethods } from './host/sign-in-methods.js';
import { CORE_SETTINGS, type CoreSettings } from './options/core-options.js';
import {
  BEARER_READERS,
  CAPABILITIES,
  GRANTS,
  METADATA_CONTRIBUTORS,
  SESSION_CONTRIBUTORS,
  SESSION_HOLDINGS,
  SIGN_IN_CONTINUATIONS,
  SIGN_IN_CONTRIBUTORS,
  SIGN_IN_METHODS,
  SIGN_IN_PAGE_PARTS,
  SUBJECT_HOLDINGS,
} from './registries.js';
import { Registry } from './registry.js';
import type { SubjectHoldings } from './subjects/subject.lifecycle.js';
import { AccessTokenReader } from './tokens/access-token.reader.js';
import type { BearerTokenReader } from './tokens/bearer-token-reader.js';
import { TokenStore } from './tokens/token.store.js';

/** The part of the kernel's wiring that is about registries: what capabilities add themselves to. */
export const registryProviders: Provider[] = [
  { provide: CAPABILITIES, useFactory: () => new Registry<object>('capability') },
  { provide: SIGN_IN_CONTRIBUTORS, useFactory: () => new Registry<SignInContributor>('sign-in contributor') },
  { provide: SESSION_CONTRIBUTORS, useFactory: () => new Registry<SessionContributor>('session contributor') },
  { provide: GRANTS, useFactory: () => new Registry<Grant>('grant') },
  { provide: METADATA_CONTRIBUTORS, useFactory: () => new Registry<MetadataContributor>('metadata contributor') },
  { provide: SESSION_HOLDINGS, useFactory: () => new Registry<SessionHoldings>('kind of session holding') },
  { provide: SIGN_IN_CONTINUATIONS, useFactory: () => new Registry<SignInContinuation>('sign-in continuation') },
  { provide: SIGN_IN_PAGE_PARTS, useFactory: () => new Registry<SignInPagePart>('part of the sign-in page') },
  { provide: SIGN_IN_METHODS, useFactory: () => new Registry<SignInMethods>('kind of sign-in method') },
  { provide: SUBJECT_HOLDINGS, useFactory: () => new Registry<SubjectHoldings>('kind of holding') },
  {
    provide: BEARER_READERS,
    useFactory: (store: TokenStore, cache: CredentialCache) => {
      const readers = new Registry<BearerTokenReader>('bearer token reader');
      readers.add('access_token', new AccessTokenReader(store, cache));
      return readers;
    },
    inject: [TokenStore, CredentialCache],
  },
  {
    provide: AUTHENTICATORS,
    useFactory: (bearer: BearerAuthenticator) => {
      const authenticators = new Registry<Authenticator>('authenticator');
      authenticators.add(bearer.scheme, bearer);
      return authenticators;
    },
    inject: [BearerAuthenticator],
  },
  {
    provide: BearerAuthenticator,
    useFactory: (readers: Registry<BearerTokenReader>, settings: CoreSettings) =>
      new BearerAuthenticator(readers, settings.issuer, settings.issuerUrl.host),
    inject: [BEARER_READERS, CORE_SETTINGS],
  },
  {
    provide: BearerStrategy,
    useFactory: (bearer: BearerAuthenticator) => bearer.strategy,
    inject: [BearerAuthenticator],
  },
];
