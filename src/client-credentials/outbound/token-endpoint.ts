import type { GuardedFetch } from '../../common/outbound/guarded-fetch.js';
import { OutboundFault } from '../../common/outbound/outbound-fault.js';
import type { EndpointSource } from './provider.settings.js';

export interface TokenEndpoint {
  readonly url: string;
  /** `aud` of assertions: the issuer where there is one, else the endpoint (RFC 7523 3). */
  readonly audience: string;
}

/** The issuer replied, but not with its metadata. */
export class MetadataRefused extends Error {
  constructor(readonly answer: Response) {
    super(`the issuer answered ${answer.status}`);
  }
}

const KEEP_MILLISECONDS = 600_000;

/** Finds token endpoints; discovered ones are kept for ten minutes. */
export class TokenEndpoints {
  private readonly found = new Map<string, { readonly endpoint: TokenEndpoint; readonly until: number }>();

  constructor(
    private readonly guarded: GuardedFetch,
    private readonly timeoutMilliseconds: number,
  ) {}

  /** @throws OutboundFault when there is no reply, or its metadata is invalid; MetadataRefused for a status other than 200 */
  async locate(source: EndpointSource): Promise<TokenEndpoint> {
    if ('tokenEndpoint' in source) return { url: source.tokenEndpoint, audience: source.tokenEndpoint };
    const known = this.found.get(source.issuer);
    if (known && known.until > performance.now()) return known.endpoint;
    const endpoint = await this.discover(source.issuer);
    this.found.set(source.issuer, { endpoint, until: performance.now() + KEEP_MILLISECONDS });
    return endpoint;
  }

  /** OpenID Connect's address first, since most providers have it; RFC 8414's when it does not exist. */
  private async discover(issuer: string): Promise<TokenEndpoint> {
    const timeoutMilliseconds = this.timeoutMilliseconds / 2;
    const headers = { accept: 'application/json' };
    let reply = await this.guarded.fetch(openidAddress(issuer), { headers, timeoutMilliseconds });
    if (reply.status === 404) reply = await this.guarded.fetch(oauthAddress(issuer), { headers, timeoutMilliseconds });
    if (reply.status !== 200) throw new MetadataRefused(reply);
    return readMetadata(issuer, await reply.text());
  }
}

function openidAddress(issuer: string): string {
  return `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
}

/** RFC 8414 3.1: the well-known part goes between host and path. */
function oauthAddress(issuer: string): string {
  const { origin, pathname } = new URL(issuer);
  return `${origin}/.well-known/oauth-authorization-server${pathname.replace(/\/$/, '')}`;
}

function readMetadata(issuer: string, text: string): TokenEndpoint {
  let metadata: { issuer?: unknown; token_endpoint?: unknown } | null;
  try {
    metadata = JSON.parse(text) as typeof metadata;
  } catch {
    metadata = null;
  }
  // RFC 8414 3.3: metadata that names another issuer must not be used.
  const url = metadata?.issuer === issuer ? metadata.token_endpoint : undefined;
  if (typeof url !== 'string' || !URL.canParse(url))
    throw new OutboundFault('malformed_answer', 'the metadata is not that of the issuer');
  return { url, audience: issuer };
}
