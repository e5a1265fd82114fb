import type { SigningAlgorithm } from '../common/keys/signing-algorithm.js';
import type { Duration } from '../common/options/duration.js';
import { choice, duration, flag, given, hook, scopes } from '../common/options/option.js';
import type { OptionsOf } from '../common/options/read-options.js';
import type { Client } from '../common/ports/authorization-server.js';
import type { HostUser } from '../common/ports/user-directory.js';

/** An identity assertion that is in order so far, as the host's policy sees it. */
export interface IdentityAssertion {
  readonly client: Client;
  readonly user: HostUser;
  /** The authorization server that it is for. */
  readonly audience: string;
  /** What it may be used for there. */
  readonly resources: readonly string[];
  readonly scopes: readonly string[];
  /** How the user has signed in here (OIDC Core 2). Null: nothing is known of it. */
  readonly acr: string | null;
  readonly amr: readonly string[];
  readonly authenticatedAt: Date | null;
}

/** What the host's policy allows: fewer resources and scopes; others are left out. Default: those of the question. */
export type IdentityAssertionDecision = Partial<Pick<IdentityAssertion, 'resources' | 'scopes'>>;

/** @returns false refuses; throw `AuthError.insufficientUserAuthentication` for a stronger or newer sign-in */
export type IdentityAssertionHook = (
  assertion: IdentityAssertion,
) => boolean | IdentityAssertionDecision | Promise<boolean | IdentityAssertionDecision>;

/** The id of a user at the other server; null: it is not known. */
export type AudienceSubject = (user: HostUser) => string | null | Promise<string | null>;

/** Another authorization server, that takes identity assertions of ours. */
export interface AssertionAudienceOptions {
  /** Clients that may have them: their ids here, each with its id there; `true`: the same, as of a client id metadata document. */
  readonly clients: Readonly<Record<string, string | true>>;
  /** Addresses of its protected resources. An assertion names at least one. */
  readonly resources: readonly string[];
  /** Scopes of these that it may name. Others are left out of what is asked. Default: none. */
  readonly scopes?: readonly string[];
  /**
   * The sector by which that server knows users (OIDC Core 8.1), a host: `sub` is then the one of a client of ours with `subject_type` `pairwise`
   * in it. Default: `sub` is the id of the user.
   */
  readonly sector?: string;
  /** The claim `tenant`, for a server that tells several tenants of this issuer apart. Default: none. */
  readonly tenant?: string;
  /** The address of the user, if it is verified and the client may know it (scope `email`). Default false. */
  readonly email?: boolean;
  /** The id of the user there (`aud_sub`), where you know it. Default: not said. */
  readonly audSub?: AudienceSubject;
  /** Strengths of sign-in, of which one or a higher is needed (RFC 9470). Default: any. */
  readonly acr?: readonly string[];
  /** How long ago the user may have signed in. Default: however long. */
  readonly maxAge?: Duration;
}

/** Identity assertions for other authorization servers (ID-JAG), by token exchange. */
export interface IdentityAssertionsOptions {
  /** The servers that take them, by their issuer, exactly. */
  readonly audiences: Readonly<Record<string, AssertionAudienceOptions>>;
  /** Signature algorithm. Default `ES256`. */
  readonly algorithm?: Exclude<SigningAlgorithm, 'HS256'>;
  /** Has the last word: may narrow and refuse. Default: what `audiences` allows. */
  readonly authorize?: IdentityAssertionHook;
}

export const IDENTITY_ASSERTIONS_OPTIONS = {
  audiences: given<NonNullable<IdentityAssertionsOptions['audiences']>>('block', {}),
  algorithm: choice(['ES256', 'EdDSA', 'RS256', 'PS256', 'ES384', 'ES512', 'Ed25519'], 'ES256'),
  authorize: hook<IdentityAssertionHook>(),
} satisfies OptionsOf<IdentityAssertionsOptions>;

export const ASSERTION_AUDIENCE_OPTIONS = {
  clients: given<AssertionAudienceOptions['clients']>('block', {}),
  resources: given('texts'),
  scopes: scopes([]),
  sector: given('text'),
  tenant: given('text'),
  email: flag(false),
  audSub: hook<AudienceSubject>(),
  acr: given('texts'),
  maxAge: duration({ min: 1, max: 400 * 86_400 }),
} satisfies OptionsOf<AssertionAudienceOptions>;
