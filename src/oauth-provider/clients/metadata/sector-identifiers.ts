import { Injectable } from '@nestjs/common';
import { AuthContext } from '../../../common/ports/auth-context.js';
import { addressKey } from '../../../common/http/request/client-address.js';
import { isLoopbackHost } from '../../../common/loopback-host.js';
import { RateLimits, type RateLimit } from '../../../common/limits/rate-limits.js';
import { OutsiderFetch } from '../../../common/outbound/outsider-fetch.js';
import { invalidMetadata } from './client-metadata-input.js';
import type { ClientMetadata } from './client-metadata.js';

/** Per user, or per address of callers without one, for registrations and changes together: each makes us fetch what it names (T096). */
const FETCHES: RateLimit = { name: 'oauth-sector', max: 20, windowSeconds: 60 };

/**
 * Checks that a client belongs to the sector it names (OIDC Registration 5); otherwise it could learn the identifiers that users have in
 * any sector. The document is the only thing fetched when a client registers, through the guarded fetch.
 */
@Injectable()
export class SectorIdentifiers {
  constructor(
    private readonly outbound: OutsiderFetch,
    private readonly limits: RateLimits,
  ) {}

  /**
   * @param author `self` is rate limited
   * @throws AuthError 400 `invalid_client_metadata` when the document cannot be fetched, or lacks a redirect URI; 429
   */
  async check(
    { sector_identifier_uri: address, redirect_uris: redirects }: ClientMetadata,
    author: 'self' | 'trusted',
  ): Promise<void> {
    if (address === undefined) return;
    const caller = callerKey();
    if (author === 'self') await this.limits.consume(FETCHES, caller);
    const listed = await this.fetch(address, caller);
    if (!redirects.every((uri) => listed.has(uri)))
      throw invalidMetadata('sector_identifier_uri: its document lacks an address of redirect_uris');
  }

  private async fetch(address: string, caller: string): Promise<ReadonlySet<unknown>> {
    try {
      const headers = { accept: 'application/json' };
      const response = await this.outbound.fetch(`sector of ${caller}`, address, { headers });
      if (response.status !== 200) throw new Error(`status ${response.status}`);
      const document: unknown = await response.json();
      if (!Array.isArray(document)) throw new Error('the document is not an array');
      return new Set(document);
    } catch (error) {
      throw invalidMetadata('sector_identifier_uri: its document cannot be fetched', String(error));
    }
  }
}

function callerKey(): string {
  const requestContext = AuthContext.requestContext;
  return requestContext?.principal
    ? `subject ${requestContext.principal.subjectId}`
    : addressKey(requestContext?.address());
}

/** The host that clients of one sector share (OIDC Core 8.1); '' for a client that is a sector of its own, such as a native app. */
export function sectorHostOf({ sector_identifier_uri: document, redirect_uris: redirects }: ClientMetadata): string {
  return document === undefined ? provenHost(redirects[0]) : hostOf(document);
}

/**
 * Whether users keep their `sub` for this client. With another one, its older tokens would name users differently than before (OIDC Core
 * 12.2), and no redirect has proven that their holder belongs to the new sector.
 */
export function keepsSubjects(before: ClientMetadata, after: ClientMetadata): boolean {
  const [isPairwise, wasPairwise] = [after, before].map(({ subject_type: type }) => type === 'pairwise');
  return isPairwise === wasPairwise && (!isPairwise || sectorHostOf(before) === sectorHostOf(after));
}

/** Only an https host other than loopback says whose the client is: any app can use a private scheme or a loopback address. */
function provenHost(redirectUri: string | undefined): string {
  const host = redirectUri !== undefined && /^https:/i.test(redirectUri) ? hostOf(redirectUri) : '';
  return isLoopbackHost(host) ? '' : host;
}

function hostOf(uri: string): string {
  return URL.canParse(uri) ? new URL(uri).hostname : '';
}
