import { Injectable } from '@nestjs/common';
import { AuthError } from '../../common/errors/auth-error.js';
import { OutboundFault } from '../../common/outbound/outbound-fault.js';
import { OutsiderFetch } from '../../common/outbound/outsider-fetch.js';
import type { RegisteredClient } from '../clients/metadata/registered-client.js';

const HEADERS = { accept: 'application/oauth-authz-req+jwt, application/jwt' };

/** Fetches request objects that a request passes by reference (RFC 9101 5.2, OIDC Core 6.2). */
@Injectable()
export class RequestObjectSource {
  constructor(private readonly outbound: OutsiderFetch) {}

  /**
   * Fetched anew, since the client may change the object at any time; under many requests the last response serves again for a moment. Only
   * registered addresses are fetched: anyone can send a request, but only the client says where we call (T060, T096; RFC 9101 10.4.1).
   * @throws AuthError 400 `temporarily_unavailable` after too many fetches; `invalid_request_uri` when the address is not registered, or
   * gives no object
   */
  async fetch(address: string, { clientId, metadata }: RegisteredClient): Promise<string> {
    const registered = metadata.request_uris ?? [];
    const target = withoutFragment(address);
    if (!registered.some((one) => withoutFragment(one) === target))
      throw AuthError.oauth('invalid_request_uri', 'request_uri is not registered for this client');
    try {
      const response = await this.outbound.fetch(clientId, target, { headers: HEADERS });
      // Redirects are not followed: they would lead to an address that is not registered (RFC 9101 10.4.2).
      if (response.status === 200) return (await response.text()).trim();
      throw notThere(`it answered ${response.status}`);
    } catch (error) {
      if (!(error instanceof OutboundFault)) throw error;
      if (error.reason === 'overloaded')
        throw AuthError.oauth('temporarily_unavailable', 'Too many request objects are asked for', error.message);
      throw notThere(`${error.reason}: ${error.message}`);
    }
  }
}

/**
 * The fragment tells a server that caches objects when to fetch them again (OIDC Core 6.2). It is neither compared nor used as a hash of
 * the object: clients register the address before the object exists, and the signature proves more.
 */
function withoutFragment(address: string): string {
  return address.split('#', 1)[0]!;
}

function notThere(detail: string): AuthError {
  return AuthError.oauth('invalid_request_uri', 'request_uri gives no request object', detail);
}
