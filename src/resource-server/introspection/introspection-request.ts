import { AuthError } from '../../common/errors/auth-error.js';
import type { TokenClaims } from '../../common/issuers/claim-path.js';
import { asObject } from '../../common/outbound/foreign-json.js';
import type { GuardedFetch } from '../../common/outbound/guarded-fetch.js';
import { InFlight } from '../../common/outbound/in-flight.js';
import type { IntrospectionSettings } from './introspection.options.js';

const TIMEOUT_MILLISECONDS = 3_000;
/** Requests to one endpoint at once. Tokens that are made up must not become a flood of requests from here. */
const MAX_IN_FLIGHT = 64;

/** Asks an introspection endpoint (RFC 7662 2). Everything but a well-formed answer is a 503: a token is let in by nothing else. */
export class IntrospectionRequest {
  private readonly inFlight = new InFlight({ total: MAX_IN_FLIGHT, perName: MAX_IN_FLIGHT });
  private readonly authorization: string;

  constructor(
    private readonly settings: IntrospectionSettings,
    private readonly outbound: GuardedFetch,
  ) {
    this.authorization = basic(settings.clientId, settings.clientSecret);
  }

  /** @returns null when the token is not active. @throws AuthError 503 when the endpoint does not say */
  async ask(token: string): Promise<TokenClaims | null> {
    if (!this.inFlight.hasRoom()) throw this.fault('too many requests to it are under way');
    this.inFlight.enter();
    try {
      return activeAnswer(await this.answer(token)) ?? null;
    } catch (error) {
      if (error instanceof AuthError) throw error;
      throw this.fault(error instanceof Error ? error.message : String(error), error);
    } finally {
      this.inFlight.leave();
    }
  }

  private async answer(token: string): Promise<TokenClaims> {
    const response = await this.outbound.fetch(this.settings.endpoint, {
      method: 'POST',
      headers: {
        accept: 'application/json',
        authorization: this.authorization,
        'content-type': 'application/x-www-form-urlencoded',
      },
      body: new URLSearchParams({ token, token_type_hint: 'access_token' }),
      timeoutMilliseconds: TIMEOUT_MILLISECONDS,
    });
    // RFC 7662 2.3: 401 says that this server's own credentials are wrong, and nothing about the token.
    if (response.status !== 200) throw new Error(`it answered ${response.status}`);
    const answer = asObject(await response.json().catch(() => null));
    if (typeof answer?.['active'] !== 'boolean') throw new Error('its answer does not say whether the token is active');
    return answer;
  }

  private fault(why: string, cause?: unknown): AuthError {
    return AuthError.unavailable(`introspection at ${new URL(this.settings.endpoint).host}: ${why}`, cause);
  }
}

function activeAnswer({ active, ...claims }: TokenClaims): TokenClaims | undefined {
  return active === true ? claims : undefined;
}

/** RFC 6749 2.3.1: both are form-encoded first. */
function basic(id: string, secret: string): string {
  const [user, password] = [id, secret].map((part) => new URLSearchParams([['', part]]).toString().slice(1));
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}
