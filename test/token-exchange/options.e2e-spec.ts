import type { DynamicModule } from '@nestjs/common';
import { AuthModule, type ExchangeRuleOptions, type TokenExchangeOptions } from '../../src/index.js';
import { testOptions, type TestApp } from '../support/app.js';
import { bootError } from '../support/boot-error.js';
import { send } from '../support/http.js';
import * as exchanges from '../support/token-exchange.js';

const { BILLING } = exchanges;

describe('the options of token exchange', () => {
  const booted = (exchange: TokenExchangeOptions, more: object = {}) =>
    bootError((): DynamicModule[] => [
      AuthModule.forRoot(testOptions({ ...exchanges.exchangeOptions({ exchange }), ...more })),
    ]);

  it.each<[string, Readonly<Record<string, unknown>>, string]>([
    ['no target', { targets: [] }, 'targets: there is none'],
    ['a target that is no resource', { targets: ['https://other.example'] }, 'is not a resource'],
    ['a scope that is not offered', { scopes: ['unknown'] }, '"unknown" is not offered'],
    ['no scopes', { scopes: undefined }, 'scopes is missing'],
    ['openid', { scopes: ['openid'] }, '"openid" is never handed on'],
    ['offline_access', { scopes: ['offline_access'] }, '"offline_access" is never handed on'],
    ['another mode', { mode: 'both' }, 'mode'],
    ['another kind of token', { subjectTokenTypes: ['refresh_token'] }, 'subjectTokenTypes'],
    ['actors of an impersonation', { mode: 'impersonation', actors: ['agent'] }, 'nobody is named as the actor'],
    ['an unknown option', { target: BILLING }, 'target'],
    ['a text for a list', { scopes: 'billing:read' }, 'scopes'],
  ])('%s stops the start', async (_name, change, message) => {
    const rule = { targets: [BILLING], scopes: ['billing:read'], ...change } as unknown as ExchangeRuleOptions;
    const error = await booted({ clients: { orders: rule } });
    expect(error).toContain('tokenExchange.clients["orders"]');
    expect(error).toContain(message);
  });

  it('without an authorization server it does not start', async () => {
    expect(await booted({ clients: {} }, { oauthProvider: false })).toContain(
      'tokenExchange needs an authorization server',
    );
  });

  it('RFC 8414 2 (0.6): the metadata list the grant where it is on, and a client cannot register for it', async () => {
    const host: TestApp = await exchanges.createExchangeHost({ provider: { dynamicRegistration: 'open' } });
    try {
      const { body } = await send(`${host.url}/.well-known/oauth-authorization-server`);
      expect(body.grant_types_supported).toContain(exchanges.EXCHANGE);
      const registered = await send(`${host.url}/api/auth/oauth2/register`, {
        body: { redirect_uris: ['https://x.example/cb'], grant_types: ['authorization_code', exchanges.EXCHANGE] },
      });
      expect([registered.status, registered.body.error]).toEqual([400, 'invalid_client_metadata']);
    } finally {
      await host.close();
    }
  });
});
