import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { JwtCodec } from '../../common/keys/jwt.codec.js';
import { weightedList } from '../../common/weighted-list.js';
import { answerAlgorithm } from '../clients/metadata/answer-algorithm.js';
import type { RegisteredClient } from '../clients/metadata/registered-client.js';
import { OAUTH_PROVIDER_SETTINGS, type OAuthProviderSettings } from '../oauth-provider.settings.js';
import type { IntrospectionAnswer } from './introspection.answer.js';

export const SIGNED_INTROSPECTION = 'application/token-introspection+jwt';
const TYPE = 'token-introspection+jwt';
/** What takes JSON, the most specific first (RFC 9110 12.5.1). */
const JSON_RANGES = ['application/json', 'application/*', '*/*'];

/**
 * Whether an `Accept` header asks for a signed answer (RFC 9701 4): by its name, since whoever takes anything expects JSON, and at least as
 * much as for JSON.
 */
export function wantsSigned(accept: string | undefined): boolean {
  const ranges = weightedList(accept).map(({ value, weight }) => ({ value: value.toLowerCase(), weight }));
  const weightOf = (name: string | undefined) => ranges.find(({ value }) => value === name)?.weight ?? 0;
  const signed = weightOf(SIGNED_INTROSPECTION);
  return signed > 0 && signed >= weightOf(JSON_RANGES.find((name) => ranges.some(({ value }) => value === name)));
}

/** Signs answers of introspection (RFC 9701 5), so that the client that asks can prove later what it was told. */
@Injectable()
export class SignedIntrospection {
  constructor(
    private readonly codec: JwtCodec,
    private readonly clock: Clock,
    @Inject(OAUTH_PROVIDER_SETTINGS) private readonly settings: OAuthProviderSettings,
  ) {}

  /**
   * Signed anew each time. Without `sub` and `exp` of its own and with another `typ`: it must not pass as the token.
   * @throws AuthError 503 without signing keys
   */
  sign(answer: IntrospectionAnswer, asking: RegisteredClient): Promise<string> {
    const { issuer, idTokenAlgorithms } = this.settings;
    return this.codec.signAnswer({
      type: TYPE,
      algorithm: answerAlgorithm(asking, 'introspection_signed_response_alg', idTokenAlgorithms),
      claims: { iss: issuer, aud: asking.clientId, iat: this.clock.epochSeconds(), token_introspection: answer },
    });
  }
}
