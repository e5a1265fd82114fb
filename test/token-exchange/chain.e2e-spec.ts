import { Controller, Get } from '@nestjs/common';
import { BearerAuth, CurrentPrincipal, OutboundFetch, type AuthPrincipal } from '../../src/index.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { freePort } from '../support/free-port.js';
import { send } from '../support/http.js';
import * as exchanges from '../support/token-exchange.js';
import { until } from '../support/until.js';

const { BILLING, BILLING_API, LEDGER, ORDERS, ORDERS_API } = exchanges;

interface Seen {
  readonly subjectId: string;
  readonly clientId: string | null;
  readonly actor: AuthPrincipal['actor'];
  readonly scopes: readonly string[];
  /** What the next one has seen, or why it refused. */
  readonly next?: Seen | number;
}

const port = await freePort();
const issuer = `http://127.0.0.1:${port}`;

/** Three APIs, each of which calls the next one for the same user, by the outbound side of this library. */
@Controller()
class Apis {
  private readonly toBilling: typeof fetch;
  private readonly toLedger: typeof fetch;

  constructor(outbound: OutboundFetch) {
    this.toBilling = outbound.for('billing', { onBehalfOf: 'caller' }) as typeof fetch;
    this.toLedger = outbound.for('ledger', { onBehalfOf: 'caller' }) as typeof fetch;
  }

  @Get('orders') @BearerAuth({ audience: ORDERS }) async orders(@CurrentPrincipal() principal: AuthPrincipal) {
    return { ...seen(principal), next: await answerOf(this.toBilling(`${issuer}/billing`)) };
  }
  @Get('billing') @BearerAuth({ audience: BILLING }) async billing(@CurrentPrincipal() principal: AuthPrincipal) {
    return { ...seen(principal), next: await answerOf(this.toLedger(`${issuer}/ledger`)) };
  }
  @Get('ledger') @BearerAuth({ audience: LEDGER }) ledger(@CurrentPrincipal() principal: AuthPrincipal) {
    return seen(principal);
  }
}

function seen({ subjectId, clientId, actor, scopes }: AuthPrincipal): Seen {
  return { subjectId, clientId, actor, scopes: [...scopes] };
}

async function answerOf(call: Promise<Response>): Promise<unknown> {
  const answer = await call;
  return answer.ok ? answer.json() : answer.status;
}

/** Web client -> API -> second API -> third, where every hop is a token that the outbound side gets and keeps. */
describe('a chain of calls for one user', () => {
  let host: TestApp;
  beforeAll(async () => {
    const providerOf = ({ clientId, clientSecret }: typeof ORDERS_API) => ({
      kind: 'oauth' as const,
      tokenEndpoint: `${issuer}/api/auth/oauth2/token`,
      clientId,
      clientSecret,
    });
    const outbound = {
      providers: { orders: providerOf(ORDERS_API), billing: providerOf(BILLING_API) },
      applications: {
        billing: {
          provider: 'orders',
          scope: ['billing:read', 'ledger:read'],
          parameters: { resource: BILLING },
          onBehalfOf: 'token-exchange' as const,
        },
        ledger: {
          provider: 'billing',
          scope: ['ledger:read'],
          parameters: { resource: LEDGER },
          onBehalfOf: 'token-exchange' as const,
        },
      },
    };
    host = await createTestApp({
      port,
      controllers: [Apis],
      auth: {
        ...exchanges.exchangeOptions(),
        issuer,
        allowPrivateNetwork: true,
        clientCredentials: { outbound },
      },
    });
  });
  afterAll(() => host?.close());

  it('RFC 8693 4.1: keeps the user, adds each service that acts, asks once for each, and ends with one sign-out', async () => {
    const customer = await exchanges.customerOf(host, { origin: issuer });
    const call = () => send(`${host.url}/orders`, { bearer: customer.tokens.access_token });
    const { body: first } = await call();
    const orders = { subjectId: 'orders', issuer: null, actor: null };
    const billing = { subjectId: 'billing', issuer: null, actor: orders };
    expect(first).toMatchObject({
      subjectId: customer.id,
      clientId: 'shop',
      actor: null,
      next: {
        subjectId: customer.id,
        clientId: 'orders',
        actor: orders,
        scopes: ['billing:read', 'ledger:read'],
        next: { subjectId: customer.id, clientId: 'billing', actor: billing, scopes: ['ledger:read'] },
      },
    });
    const exchanged = () =>
      host.sql<{ count: number }>('SELECT count(*)::int AS count FROM auth_token WHERE actor IS NOT NULL');
    const [before] = await exchanged();
    expect((await call()).body).toEqual(first);
    expect(await exchanged()).toEqual([before]);

    const headers = { cookie: customer.browser.cookie, origin: issuer };
    expect((await send(`${host.url}/api/auth/sign-out`, { body: {}, headers })).status).toBe(200);
    await until('the first token has ended', async () => (await call()).status === 401);
    const rows = 'SELECT id FROM auth_client_credential WHERE ends_with IS NOT NULL';
    await until('nothing is kept of the tokens of the chain', async () => (await host.sql(rows)).length === 0);
  });
});
