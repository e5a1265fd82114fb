import { Injectable } from '@nestjs/common';
import { GuardedFetch } from '../../common/outbound/guarded-fetch.js';
import { invalidMetadata } from './client-metadata-input.js';
import type { ClientMetadata } from './client-metadata.js';

/**
 * Whether a client belongs to the sector it names (OIDC Registration 5). The one address that is fetched when a client registers, through
 * the guarded fetch: who could name any sector would learn the identifiers that users have there.
 */
@Injectable()
export class SectorIdentifiers {
  constructor(private readonly outbound: GuardedFetch) {}

  /** @throws AuthError 400 `invalid_client_metadata` when the document cannot be had, or lacks a redirect address */
  async check({ sector_identifier_uri: address, redirect_uris: redirects }: ClientMetadata): Promise<void> {
    if (address === undefined) return;
    const listed = await this.fetch(address);
    if (!redirects.every((uri) => listed.has(uri)))
      throw invalidMetadata('sector_identifier_uri: its document lacks an address of redirect_uris');
  }

  private async fetch(address: string): Promise<ReadonlySet<unknown>> {
    try {
      const response = await this.outbound.fetch(address, { headers: { accept: 'application/json' } });
      if (response.status !== 200) throw new Error(`status ${response.status}`);
      const document: unknown = await response.json();
      if (!Array.isArray(document)) throw new Error('no array');
      return new Set(document);
    } catch (error) {
      throw invalidMetadata('sector_identifier_uri: its document cannot be fetched', String(error));
    }
  }
}
