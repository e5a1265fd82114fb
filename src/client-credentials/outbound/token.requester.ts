import type { Clock } from '../../common/clock.js';
import type { AnswerReader } from '../../common/outbound/answer-reader.js';
import type { GuardedFetch } from '../../common/outbound/guarded-fetch.js';
import { OutboundFault } from '../../common/outbound/outbound-fault.js';
import { ASSERTION_TYPE, signAssertion } from './client-assertion.js';
import { madeInTime, Unavailable } from './made-in-time.js';
import type { Target } from './target.js';
import type { UsableProvider } from './provider.settings.js';
import { readRefusal, readTokenResponse, type RefusedToken, type TokenResult } from './token.response.js';
import { MetadataRefused, TokenEndpoints, type TokenEndpoint } from './token-endpoint.js';
import type { UserGrant, UserGrants } from './user-grant.js';

/** Steps of one token request: assertion, discovery, token response. Each takes the time-out at most. */
export const STEPS_OF_A_REQUEST = 3;

/** What a request carries to authenticate us. */
interface ClientProof {
  readonly form: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  /** Texts that must never be taken for an error code. */
  readonly secrets: readonly string[];
}

/** Asks a token endpoint for a token (RFC 6749 4.4.2), for a user by the grant of the application. Holds no database connection. */
export class TokenRequester {
  private readonly endpoints: TokenEndpoints;

  constructor(
    private readonly guarded: GuardedFetch,
    private readonly clock: Clock,
    private readonly timeoutMilliseconds: number,
    private readonly answers: AnswerReader,
    private readonly users: UserGrants,
  ) {
    this.endpoints = new TokenEndpoints(guarded, timeoutMilliseconds);
  }

  /** One request. Never throws: every failure is a result. */
  async request(target: Target): Promise<TokenResult> {
    const { application, provider } = target;
    try {
      const endpoint = await this.endpoints.locate(provider.endpoint);
      const [{ form, headers, secrets }, grant] = await Promise.all([
        this.authenticate(provider, endpoint),
        this.grantOf(target, endpoint),
      ]);
      const reply = await this.guarded.fetch(endpoint.url, {
        method: 'POST',
        headers: { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded', ...headers },
        body: new URLSearchParams({
          ...grant.form,
          ...(application.scope.length > 0 && { scope: application.scope.join(' ') }),
          ...application.parameters,
          ...form,
        }),
        timeoutMilliseconds: this.timeoutMilliseconds,
      });
      return readTokenResponse(reply.status, reply.headers, await reply.text(), {
        scope: application.scope,
        defaultLifetimeSeconds: provider.defaultLifetimeSeconds,
        secrets: [...secrets, ...grant.secrets],
        provider: provider.name,
        answers: this.answers,
      });
    } catch (error) {
      return toRefusedToken(error);
    }
  }

  private async grantOf({ application, user }: Target, { audience }: TokenEndpoint): Promise<UserGrant> {
    if (!user) return { form: { grant_type: 'client_credentials' }, secrets: [] };
    return this.users.grantOf(user, application.onBehalfOf!, audience);
  }

  private async authenticate(provider: UsableProvider, endpoint: TokenEndpoint): Promise<ClientProof> {
    const { clientId, authentication } = provider;
    switch (authentication.method) {
      case 'client_secret_basic': {
        // RFC 6749 2.3.1: id and secret are form-encoded before they are joined.
        const pair = `${formEncoded(clientId)}:${formEncoded(authentication.secret)}`;
        const headers = { authorization: `Basic ${Buffer.from(pair).toString('base64')}` };
        return { form: {}, headers, secrets: [authentication.secret] };
      }
      case 'client_secret_post':
        return {
          form: { client_id: clientId, client_secret: authentication.secret },
          headers: {},
          secrets: [authentication.secret],
        };
      case 'private_key_jwt': {
        const assertion = await signAssertion(authentication, clientId, endpoint.audience, this.clock.epochSeconds());
        return asAssertion(clientId, assertion);
      }
      case 'assertion':
        return asAssertion(
          clientId,
          await madeInTime(authentication.read, this.timeoutMilliseconds, 'assertion_unavailable'),
        );
    }
  }
}

function asAssertion(clientId: string, assertion: string): ClientProof {
  const form = { client_id: clientId, client_assertion_type: ASSERTION_TYPE, client_assertion: assertion };
  return { form, headers: {}, secrets: [assertion] };
}

function formEncoded(text: string): string {
  return new URLSearchParams({ v: text }).toString().slice(2);
}

function toRefusedToken(error: unknown): RefusedToken {
  if (error instanceof MetadataRefused) return readRefusal(error.answer.status, error.answer.headers, null, []);
  if (error instanceof OutboundFault) return { ok: false, failure: error.reason };
  return { ok: false, failure: error instanceof Unavailable ? error.failure : 'request_failed' };
}
