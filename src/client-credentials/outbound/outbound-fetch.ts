import { Inject, Injectable } from '@nestjs/common';
import { isLoopbackHost } from '../../common/loopback-host.js';
import { CORE_SETTINGS, type CoreSettings } from '../../common/options/core-options.js';
import { ClientCredentialsService, type GetTokenOptions } from './client-credentials.service.js';

/**
 * `fetch` with the token of an application.
 *
 * @example
 * const graph = app.get(OutboundFetch).for('graph-api');
 * const response = await graph('https://graph.microsoft.com/v1.0/users');
 *
 * @example
 * const orders = app.get(OutboundFetch).for('orders', { onBehalfOf: 'caller' });
 */
@Injectable()
export class OutboundFetch {
  constructor(
    private readonly credentials: ClientCredentialsService,
    @Inject(CORE_SETTINGS) private readonly core: CoreSettings,
  ) {}

  /**
   * A `fetch` that adds this application's token to every request. The token is fetched when it is called, and on behalf of whoever is the caller
   * then: one may serve all requests.
   */
  for(applicationName: string, options: GetTokenOptions = {}): typeof fetch {
    return (input, init) => this.fetch(applicationName, input, init, options);
  }

  /**
   * Like the global `fetch`, with `Authorization: Bearer` (RFC 6750 2.1). On a redirect to another origin `fetch` drops the header.
   * @throws TypeError when the address is not https (RFC 6750 5.3); loopback is exempt, and with `allowPrivateNetwork` every address
   * @throws AuthError as {@link ClientCredentialsService.getToken}
   */
  async fetch(
    applicationName: string,
    input: Parameters<typeof fetch>[0],
    init?: Parameters<typeof fetch>[1],
    options: GetTokenOptions = {},
  ): Promise<Response> {
    const isRequest = input instanceof Request;
    this.checkAddress(new URL(isRequest ? input.url : String(input)));
    const { accessToken } = await this.credentials.getToken(applicationName, options);
    const headers = new Headers(init?.headers ?? (isRequest ? input.headers : undefined));
    headers.set('authorization', `Bearer ${accessToken}`);
    return fetch(input, { ...init, headers });
  }

  private checkAddress({ protocol, hostname }: URL): void {
    if (protocol === 'https:' || isLoopbackHost(hostname) || this.core.allowPrivateNetwork) return;
    throw new TypeError('A bearer token is sent over https only (RFC 6750 5.3).');
  }
}
