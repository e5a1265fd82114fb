import type { AuthError } from './auth-error.js';
import { renderManagementError } from './render-management-error.js';
import { toOAuthText, type RenderedError } from './rendered-error.js';

export interface ChallengeContext {
  /** HTTP authentication scheme names the route accepts, e.g. `['Bearer', 'ApiKey']`. */
  schemes: readonly string[];
  realm: string;
  /** What one of the schemes says of itself, e.g. `{ DPoP: 'algs="ES256"' }` (RFC 9449 7.1). */
  parameters?: Readonly<Record<string, string>>;
  /** The protected resource that the route belongs to (RFC 9728 5.1). Told by the schemes of OAuth alone. */
  resource?: ChallengedResource;
  /** The only scheme that the error is told by: the one that the caller tried. Default: all. */
  tried?: string;
}

/** What a challenge tells of a protected resource. */
export interface ChallengedResource {
  /** The address of its document; null: it has none. */
  readonly metadata: string | null;
  /** What a client should ask for that has no token yet. */
  readonly scopes: readonly string[];
}

/** RFC 9449 7.1. */
export const DPOP_SCHEME = 'DPoP';
const OAUTH_SCHEMES = ['Bearer', DPOP_SCHEME];

/**
 * An error on a guarded route: the management body plus one `WWW-Authenticate` per accepted scheme.
 * Without a credential the challenge is bare; with a bad one it names the error (RFC 6750 3).
 * All schemes get the same error: it does not show which of them failed, only which the route accepts. DPoP is told apart, since clients act
 * on what it says.
 */
export function renderChallenge(error: AuthError, context: ChallengeContext): RenderedError {
  const rendered = renderManagementError(error);
  if (error.error !== 'unauthorized') rendered.body['error'] = error.error;
  return withChallenge(rendered, error, context);
}

/** Adds the challenges that the error requires, to a rendering of any shape. */
export function withChallenge<Body>(
  rendered: RenderedError<Body>,
  error: AuthError,
  context: ChallengeContext,
): RenderedError<Body> {
  // RFC 6750 3.1 defines three errors, with 400, 401 and 403; other statuses say nothing about the credential.
  const isMalformed = error.status === 400 && error.error === 'invalid_request';
  if (error.status !== 401 && error.error !== 'insufficient_scope' && !isMalformed) return rendered;
  const challenges = schemesFor(error, context).map((scheme) => {
    const own = context.parameters?.[scheme];
    const told = context.tried === undefined || context.tried === scheme ? attributesOf(error) : [];
    const ofResource = context.resource && OAUTH_SCHEMES.includes(scheme) ? pointersOf(context.resource, error) : [];
    const all = [`realm="${context.realm}"`, ...ofResource, ...told, ...(own === undefined ? [] : [own])];
    return `${scheme} ${all.join(', ')}`;
  });
  if (challenges.length > 0) rendered.headers['WWW-Authenticate'] = challenges;
  return rendered;
}

/** A client that hears of a nonce tries again only where nothing else is offered (openid-client, oauth4webapi). */
function schemesFor({ error }: AuthError, { schemes }: ChallengeContext): readonly string[] {
  return error === 'use_dpop_nonce' ? [DPOP_SCHEME] : schemes;
}

function attributesOf(error: AuthError): string[] {
  const attributes: string[] = [];
  if (error.error !== 'unauthorized') {
    attributes.push(`error="${toOAuthText(error.error)}"`, `error_description="${toOAuthText(error.description)}"`);
  }
  if (error.requiredScopes?.length) attributes.push(`scope="${toOAuthText(error.requiredScopes.join(' '))}"`);
  const { acrValues = null, maxAgeSeconds = null } = error.stepUp ?? {};
  if (acrValues) attributes.push(`acr_values="${toOAuthText(acrValues.join(' '))}"`);
  if (maxAgeSeconds !== null) attributes.push(`max_age="${maxAgeSeconds}"`);
  for (const [name, value] of Object.entries(error.challengeParameters ?? {}))
    attributes.push(`${name}="${toOAuthText(value)}"`);
  return attributes;
}

/** `scope` of a 403 is that of the error: all that the operation needs. */
function pointersOf({ metadata, scopes }: ChallengedResource, error: AuthError): string[] {
  const isFirst = error.status === 401 && scopes.length > 0;
  return [
    ...(metadata === null ? [] : [`resource_metadata="${metadata}"`]),
    ...(isFirst ? [`scope="${scopes.join(' ')}"`] : []),
  ];
}
