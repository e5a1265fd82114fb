import { Inject, Injectable } from '@nestjs/common';
import { AuthError } from '../../common/errors/auth-error.js';
import type { OAuthForm } from '../../common/grants/oauth-form.js';
import { OAuthServer } from '../token/oauth-server.js';
import type { RegisteredClient } from '../clients/metadata/registered-client.js';
import { OAUTH_PROVIDER_SETTINGS, type OAuthProviderSettings } from '../oauth-provider.settings.js';
import { IdTokenHints } from '../id-tokens/id-token-hints.js';
import { PROMPTS, type AuthorizationParameters, type Prompt } from '../codes/authorization-parameters.js';
import { modeNamed, type ResponseMode } from '../clients/metadata/response-modes.js';
import { unmetRequirements } from './request-errors.js';
import { Strengths } from './strengths.js';
import { readClaimsParameter, requestedSubject } from '../claims/claims-parameter.js';
import { isKeyThumbprint } from '../codes/key-thumbprint.js';
import { isCodeChallenge } from '../codes/pkce.js';
import { isLanguageTag } from '../../common/texts/choose-language.js';

/** Bytes in UTF-8. Requests need no credential, and are stored in a row. */
const MAX_BYTES = {
  state: 2_048,
  // It must also fit into an ID token.
  nonce: 512,
  login_hint: 2_048,
  display: 2_048,
  list: 2_048,
  // The row may take 4 KB, with its other columns.
  request: 3_584,
} as const;
/** A hint is an e-mail address (RFC 5321 4.5.3.1) or a short name; a longer one is of no use and is dropped. */
const MAX_HINT_BYTES = 320;
const MAX_LIST = 20;

/** The redirect address of a request, found to be registered; errors go there. */
export interface ProvenRedirect {
  readonly redirectUri: string;
  readonly redirectUriGiven: boolean;
}

/** Checks an authorization request. Its redirect address was checked before, so that every error here may go there. */
@Injectable()
export class AuthorizationRequestParser {
  constructor(
    private readonly server: OAuthServer,
    private readonly hints: IdTokenHints,
    private readonly strengths: Strengths,
    @Inject(OAUTH_PROVIDER_SETTINGS) private readonly settings: OAuthProviderSettings,
  ) {}

  /** @throws AuthError of RFC 6749 4.1.2.1, RFC 8707 2 or OIDC Core 3.1.2.6 */
  async parse(
    { parameters: given, repeated }: OAuthForm,
    client: RegisteredClient,
    redirect: ProvenRedirect,
  ): Promise<AuthorizationParameters> {
    const responseMode = readResponseMode(given['response_mode'], client);
    requireCodeFlow(given['response_type'], client);
    const resources = this.server.resourcesFor(client, repeated['resource'] ?? []);
    const scopes = this.server.scopesFor(client, given['scope'], 'user', resources);
    const claims = readClaimsParameter(given['claims']);
    const acr = this.readAcr(claims, given['acr_values'], client);
    const dpopKeyThumbprint = readKeyThumbprint(given['dpop_jkt']);
    const uiLocales = readUiLocales(given['ui_locales']);
    const authorizationDetails = await this.server.authorizationDetailsFor(client, given['authorization_details']);
    requireShort('display', given['display']);
    return requireSmall({
      ...redirect,
      responseMode,
      state: requireShort('state', given['state']),
      scopes,
      resources,
      ...(authorizationDetails.length > 0 && { authorizationDetails }),
      codeChallenge: this.readChallenge(given, client),
      ...(dpopKeyThumbprint !== undefined && { dpopKeyThumbprint }),
      nonce: requireNonce(given['nonce']),
      prompts: readPrompts(given['prompt']),
      maxAgeSeconds: readMaxAge(given['max_age']) ?? client.metadata.default_max_age ?? null,
      ...(acr && { acr }),
      loginHint: readLoginHint(given['login_hint']),
      ...(uiLocales !== '' && { uiLocales }),
      hintedSubject: await this.readHints(given['id_token_hint'], requestedSubject(claims), client),
      claims,
    });
  }

  /** The user that `id_token_hint` or the requested claim `sub` names; both must name the same one (OIDC Core 3.1.2.1, 5.5.1). */
  private async readHints(
    text: string | undefined,
    requested: string | null,
    client: RegisteredClient,
  ): Promise<string | null> {
    if (text === undefined) return requested;
    const hint = await this.hints.read(text);
    // An ID token of another client does not say which user this client means.
    if (hint.client.clientId !== client.clientId) throw AuthError.invalidRequest('id_token_hint is for another client');
    if (requested === null || requested === hint.subject) return hint.subject;
    throw AuthError.oauth('login_required', 'id_token_hint and claims ask for different users');
  }

  /**
   * Strengths of sign-in of which the request needs one: `acr_values` as well as an essential `acr` (RFC 9470 5, OIDC Core 5.5.1.1), which
   * is the more precise of the two. A voluntary `acr` is told, and needs nothing.
   * @throws AuthError 400 `unmet_authentication_requirements` when nobody can reach one
   */
  private readAcr(
    claims: AuthorizationParameters['claims'],
    values: string | undefined,
    client: RegisteredClient,
  ): readonly string[] | null {
    const asked = readList(values);
    const wanted = essentialAcr(claims) ?? (asked.length > 0 ? asked : client.metadata.default_acr_values);
    if (wanted === undefined) return null;
    if (!this.strengths.canBeHad(wanted)) throw unmetRequirements();
    return wanted;
  }

  /** RFC 7636 4.3, RFC 9700 2.1.1: S256 only. */
  private readChallenge(given: OAuthForm['parameters'], client: RegisteredClient): string | null {
    const { code_challenge: challenge, code_challenge_method: method } = given;
    if (challenge === undefined) {
      if (method !== undefined) throw AuthError.invalidRequest('code_challenge is missing');
      if (client.rules.requiresPkce) throw AuthError.invalidRequest('code_challenge is required (PKCE with S256)');
      return null;
    }
    if (method !== 'S256') throw AuthError.invalidRequest('code_challenge_method must be S256');
    if (!isCodeChallenge(challenge)) throw AuthError.invalidRequest('code_challenge is no base64url of a SHA-256');
    return challenge;
  }
}

/** @throws AuthError `invalid_request`, which is then sent in the default mode of the client */
function readResponseMode(given: string | undefined, { rules }: RegisteredClient): ResponseMode {
  const mode = modeNamed(given ?? 'query');
  if (mode === null) throw AuthError.invalidRequest('response_mode is not offered');
  if (rules.responseModes.includes(mode)) return mode;
  throw AuthError.invalidRequest('This client may not ask for this response_mode, which is query by default');
}

/** How a response goes back while the request is not checked: as it asks for, if it may. */
export function expectedMode(given: string | undefined, { rules }: RegisteredClient): ResponseMode {
  const mode = modeNamed(given ?? 'query');
  return mode !== null && rules.responseModes.includes(mode) ? mode : rules.responseModes[0]!;
}

/** Code flow only: no token goes through the front channel (RFC 9700 2.1.2, T058). */
function requireCodeFlow(responseType: string | undefined, client: RegisteredClient): void {
  if (responseType === undefined) throw AuthError.invalidRequest('response_type is missing');
  if (responseType !== 'code') throw AuthError.oauth('unsupported_response_type', 'response_type must be code');
  if (!client.grantTypes.has('authorization_code'))
    throw AuthError.oauth('unauthorized_client', 'This client may not use the authorization code grant');
}

/** RFC 9449 10. */
function readKeyThumbprint(text: string | undefined): string | undefined {
  if (text === undefined || isKeyThumbprint(text)) return text;
  throw AuthError.invalidRequest('dpop_jkt is no base64url of a SHA-256');
}

function readPrompts(text: string | undefined): Prompt[] {
  const prompts = readList(text);
  const unknown = prompts.filter((one) => !(PROMPTS as readonly string[]).includes(one));
  if (unknown.length > 0) throw AuthError.invalidRequest('prompt has a value that is not known');
  if (prompts.includes('none') && prompts.length > 1) throw AuthError.invalidRequest('prompt=none stands alone');
  return prompts as Prompt[];
}

function readMaxAge(text: string | undefined): number | null {
  if (text === undefined) return null;
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw AuthError.invalidRequest('max_age is no number of seconds');
}

function readList(text: string | undefined): string[] {
  const list = [...new Set((text ?? '').split(' ').filter((one) => one !== ''))];
  if (list.length <= MAX_LIST && (text ?? '').length <= MAX_BYTES.list) return list;
  throw AuthError.invalidRequest('A parameter has too many values');
}

function requireShort(name: keyof typeof MAX_BYTES, text: string | undefined): string | null {
  if (text === undefined) return null;
  if (Buffer.byteLength(text) <= MAX_BYTES[name]) return text;
  throw AuthError.invalidRequest(`${name} is longer than ${MAX_BYTES[name]} bytes`);
}

function readLoginHint(text: string | undefined): string | null {
  const hint = requireShort('login_hint', text);
  return hint !== null && Buffer.byteLength(hint) <= MAX_HINT_BYTES ? hint : null;
}

/** Only what can be tags of languages (BCP 47): the rest would be refused by nobody, and asked for in vain. */
function readUiLocales(text: string | undefined): string {
  const locales = readList(text).filter(isLanguageTag).join(' ');
  return Buffer.byteLength(locales) <= MAX_HINT_BYTES ? locales : '';
}

/** Each parameter may be long, but not all of them together; details have a bound of their own. */
function requireSmall(parameters: AuthorizationParameters): AuthorizationParameters {
  const { authorizationDetails: _, ...others } = parameters;
  if (Buffer.byteLength(JSON.stringify(others)) <= MAX_BYTES.request) return parameters;
  throw AuthError.invalidRequest('The request is too long');
}

/** Measured as JSON, since it goes into an ID token, where a control character takes six bytes. */
function requireNonce(text: string | undefined): string | null {
  if (text !== undefined) requireShort('nonce', JSON.stringify(text).slice(1, -1));
  return text ?? null;
}

/** The values of an essential `acr`; undefined: it is not asked for, or any will do. */
function essentialAcr(claims: AuthorizationParameters['claims']): string[] | undefined {
  const asked = claims?.id_token?.['acr'];
  if (!asked?.essential || (asked.value === undefined && asked.values === undefined)) return undefined;
  return (asked.values ?? [asked.value]).filter((one) => typeof one === 'string');
}
