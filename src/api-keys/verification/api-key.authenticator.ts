import { Inject, Injectable } from '@nestjs/common';
import { AuthError } from '../../common/errors/auth-error.js';
import type { AuthenticationRequest, Authenticator } from '../../common/guards/authenticator.js';
import type { ApiKeyRequirement } from '../../common/guards/decorators.js';
import { AuthContext } from '../../common/ports/auth-context.js';
import { header, type HeaderBag } from '../../common/http/request/headers.js';
import type { AuthPrincipal } from '../../common/principal/auth-principal.js';
import { API_KEYS_SETTINGS, type ApiKeysSettings } from '../api-keys.settings.js';
import { ApiKeySecrets } from '../keys/api-key.secrets.js';
import { grants, lackingPermissions } from '../../common/principal/permissions.js';
import { ApiKeyLimiter } from './api-key.limiter.js';
import { refusalForStrangers } from './api-key.refusal.js';
import { ApiKeyVerifier, type FoundApiKey } from './api-key.verifier.js';
import type { AuthenticatedApiKey, ApiKeyState } from './api-key.state.js';

interface Payment {
  readonly keyId: string;
  readonly done: Promise<void> | void;
}

/** Reads keys from a header of their own, `Authorization: ApiKey`, or `Authorization: Bearer` with one of our prefixes. Never from the query (T028). */
@Injectable()
export class ApiKeyAuthenticator implements Authenticator {
  readonly scheme = 'apiKey';
  readonly challenge = 'ApiKey';
  readonly carrier = 'header';
  readonly headerName: string;
  /** Kept when the principal is found; read again by `admit`. */
  private readonly states = new WeakMap<AuthPrincipal, ApiKeyState>();
  /** What a request has paid for: checking its key twice costs once (T022). */
  private readonly payments = new WeakMap<object, Payment>();

  constructor(
    private readonly verifier: ApiKeyVerifier,
    private readonly limiter: ApiKeyLimiter,
    private readonly secrets: ApiKeySecrets,
    @Inject(API_KEYS_SETTINGS) private readonly settings: ApiKeysSettings,
  ) {
    this.headerName = settings.headers[0]!;
  }

  /** @throws AuthError 400 when several headers carry keys */
  present(headers: HeaderBag): string | undefined {
    let found: string | undefined;
    for (const name of this.settings.headers) {
      const value = header(headers, name);
      if (value === undefined || value === '') continue;
      // A list: the same field twice, as transports other than HTTP have it.
      if (found !== undefined || Array.isArray(headers[name]))
        throw AuthError.invalidRequest('More than one API key was presented');
      found = value;
    }
    return found;
  }

  claims(bearerValue: string): boolean {
    return this.secrets.formatOf(bearerValue) !== undefined;
  }

  /** A key with an allow list is checked against each request's address, also when it is in memory. */
  authenticate(credential: string, request: AuthenticationRequest): AuthPrincipal | Promise<AuthPrincipal> {
    const known = this.verifier.recall(credential);
    return known && !known.state.allowed ? this.noted(known) : this.verify(credential, request);
  }

  private async verify(credential: string, { address }: AuthenticationRequest): Promise<AuthPrincipal> {
    const lookup = await this.verifier.find(credential, address);
    if (!lookup.ok) throw refusalForStrangers(lookup);
    return this.noted(lookup);
  }

  private noted({ principal, state }: FoundApiKey): AuthPrincipal {
    this.states.set(principal, state);
    return principal;
  }

  authorize(principal: AuthPrincipal, requirement: unknown): void {
    const asked = (requirement as ApiKeyRequirement | undefined)?.permissions;
    if (asked === undefined) return;
    const { permissions } = principal.claims['apiKey'] as AuthenticatedApiKey;
    if (grants(permissions, asked)) return;
    this.verifier.refuse('permissions', principal.credentialId);
    throw lackingPermissions();
  }

  admit(principal: AuthPrincipal, request: object | undefined = AuthContext.requestContext): Promise<void> | void {
    const state = this.states.get(principal);
    if (!state) return undefined;
    const paid = request && this.payments.get(request);
    if (paid && paid.keyId === state.row.id) return paid.done;
    const done = this.limiter.admitFromMemory(state) ? undefined : this.pay(state);
    if (request) this.payments.set(request, { keyId: state.row.id, done });
    return done;
  }

  /** A key that ended between look-up and payment gets the error of any bad key. */
  private async pay(state: ApiKeyState): Promise<void> {
    try {
      await this.limiter.admit(state);
    } catch (error) {
      if (error instanceof AuthError && error.status === 401)
        throw refusalForStrangers({ reason: 'revoked', keyId: state.row.id });
      throw error;
    }
  }
}
