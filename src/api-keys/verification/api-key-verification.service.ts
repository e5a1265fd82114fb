import { Injectable } from '@nestjs/common';
import { AuthError } from '../../common/errors/auth-error.js';
import { isSubset } from '../../common/principal/scopes.js';
import type { ApiKeyOwner } from '../api-keys.options.js';
import type { VerifyApiKey } from '../keys/api-key.commands.js';
import { toView, type ApiKeyView } from '../keys/api-key.view.js';
import { ownerOf } from '../keys/api-key.owner.js';
import { grants } from '../../common/principal/permissions.js';
import { ApiKeyLimiter } from './api-key.limiter.js';
import { distinctRefusal } from './api-key.refusal.js';
import { ApiKeyUsage } from './api-key.usage.js';
import { type ApiKeyLookup, ApiKeyVerifier } from './api-key.verifier.js';

/** In the shape of better-auth's `verifyApiKey`; a bad key is a result, not an error. */
export type ApiKeyVerification =
  | { readonly valid: true; readonly error: null; readonly key: ApiKeyView }
  | { readonly valid: false; readonly error: ApiKeyVerificationError; readonly key: null };

export interface ApiKeyVerificationError {
  readonly message: string;
  /** `INVALID_API_KEY`, `KEY_DISABLED`, `KEY_EXPIRED`, `KEY_REVOKED`, `RATE_LIMITED`, `USAGE_EXCEEDED` … */
  readonly code: string;
  readonly details?: Readonly<Record<string, unknown>>;
}

/** Verifies a key that another party presented to the caller, with the reason when it is not valid. Counts as one request. */
@Injectable()
export class ApiKeyVerificationService {
  constructor(
    private readonly verifier: ApiKeyVerifier,
    private readonly limiter: ApiKeyLimiter,
    private readonly usage: ApiKeyUsage,
  ) {}

  /**
   * @param mayKnow whether the caller may know of keys of this owner; if not, the result is that of an unknown key, and nothing is spent
   * @throws AuthError 503 when the database cannot answer
   */
  async verify(
    question: VerifyApiKey,
    mayKnow: (owner: ApiKeyOwner) => boolean | Promise<boolean> = () => true,
  ): Promise<ApiKeyVerification> {
    const lookup = await this.verifier.find(question.key, () => question.address ?? null);
    const owner = lookup.ok ? ownerOf(lookup.state.row) : lookup.owner;
    if (owner && !(await mayKnow(owner))) return refused(distinctRefusal('unknown'));
    if (!lookup.ok) return refused(distinctRefusal(lookup.reason));
    try {
      this.requireAsked(lookup, question);
      const { row, configuration } = lookup.state;
      const remaining = await this.limiter.admit(lookup.state);
      return { valid: true, error: null, key: toView({ ...row, remaining }, configuration, this.usage.of(row.id)) };
    } catch (error) {
      if (error instanceof AuthError && error.status < 500) return refused(error);
      throw error;
    }
  }

  private requireAsked(lookup: ApiKeyLookup & { ok: true }, question: VerifyApiKey): void {
    const { row } = lookup.state;
    const { configId, permissions, scopes } = question;
    const reason =
      configId !== undefined && configId !== row.configId
        ? 'wrong_configuration'
        : permissions !== undefined && !grants(row.permissions, permissions)
          ? 'permissions'
          : scopes !== undefined && (scopes.length === 0 || !isSubset(scopes, lookup.principal.scopes))
            ? 'scopes'
            : null;
    if (reason === null) return;
    this.verifier.refuse(reason, row.id);
    throw distinctRefusal(reason);
  }
}

function refused({ description, code, details }: AuthError): ApiKeyVerification {
  return { valid: false, error: { message: description, code, ...(details && { details }) }, key: null };
}
