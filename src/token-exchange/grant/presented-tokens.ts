import { Inject, Injectable } from '@nestjs/common';
import { AuthError } from '../../common/errors/auth-error.js';
import { Extensions } from '../../common/extensions.js';
import type { GrantRequest } from '../../common/grants/grant.js';
import { CORE_SETTINGS, type CoreSettings } from '../../common/options/core-options.js';
import { TOKEN_TYPES, type SubjectToken } from '../../common/ports/subject-token.js';
import { badActorToken, badSubjectToken } from '../policy/exchange-errors.js';
import { isProved, mayPresent } from '../policy/exchange-rules.js';
import type { ExchangeRule } from '../token-exchange.settings.js';

/** Of an actor; it says who somebody is, so an API key of a user will not do. */
const ACTOR_TYPES: ReadonlySet<string> = new Set([TOKEN_TYPES.accessToken, TOKEN_TYPES.idToken]);

interface Named {
  readonly token: string;
  readonly type: string;
}

/** The parameters of an exchange that are tokens, and what they say. */
@Injectable()
export class PresentedTokens {
  constructor(
    private readonly extensions: Extensions,
    @Inject(CORE_SETTINGS) private readonly core: CoreSettings,
  ) {}

  /** No statement. @throws AuthError 400 `invalid_request` (RFC 8693 2.1) */
  named({ parameters }: GrantRequest, rule: ExchangeRule): { readonly subject: Named; readonly actor: Named | null } {
    const {
      subject_token: subject,
      subject_token_type: type,
      actor_token: actor,
      actor_token_type: actorType,
    } = parameters;
    if (subject === undefined) throw AuthError.invalidRequest('subject_token is missing');
    if (type === undefined) throw AuthError.invalidRequest('subject_token_type is missing');
    if (!rule.subjectTokenTypes.has(type) || !this.readerOf(type))
      throw AuthError.invalidRequest('This subject_token_type is not offered to this client');
    if (actorType !== undefined && actor === undefined) throw AuthError.invalidRequest('actor_token is missing');
    if (actor === undefined) return { subject: { token: subject, type }, actor: null };
    if (actorType === undefined) throw AuthError.invalidRequest('actor_token_type is missing');
    if (!ACTOR_TYPES.has(actorType)) throw AuthError.invalidRequest('This actor_token_type is not offered');
    if (rule.mode === 'impersonation' || rule.actors?.size === 0)
      throw badActorToken('nobody may act in place of this client');
    return { subject: { token: subject, type }, actor: { token: actor, type: actorType } };
  }

  /** @throws AuthError 400 `invalid_request`, the same whatever is wrong with the token; 503 when that cannot be known */
  async subject(named: Named, request: GrantRequest): Promise<SubjectToken> {
    const token = await this.read(named, request);
    if (token === null) throw badSubjectToken('malformed, ended, bound to another key, or not for this client');
    // A service has credentials of its own, and needs nobody's token to act as itself.
    if (token.subjectKind !== 'user') throw badSubjectToken('it is of no user');
    return token;
  }

  /** As {@link subject}. */
  async actor(named: Named, request: GrantRequest): Promise<SubjectToken> {
    const token = await this.read(named, request);
    if (token === null) throw badActorToken('malformed, ended, bound to another key, or not for this client');
    return token;
  }

  private async read({ token, type }: Named, { client, sender }: GrantRequest): Promise<SubjectToken | null> {
    const { resources, issuer } = this.core;
    const read = (await this.readerOf(type)?.read(token, client)) ?? null;
    if (!read || !mayPresent(read, client, resources, issuer)) return null;
    return isProved(read, client, sender.confirmation) ? read : null;
  }

  private readerOf(type: string) {
    return this.extensions.subjectTokens.find(({ tokenType }) => tokenType === type);
  }
}
