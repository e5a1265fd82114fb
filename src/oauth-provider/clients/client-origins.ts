import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { tag } from '../../common/cache/tags.js';
import { InvalidationChannel, type InvalidationListener } from '../../common/database/invalidation.js';
import { Cors } from '../../common/http/cors.js';
import { CORE_SETTINGS, type CoreSettings } from '../../common/options/core-options.js';
import { OAUTH_PROVIDER_SETTINGS, type OAuthProviderSettings } from '../oauth-provider.settings.js';
import { ClientStore } from './client.store.js';
import { staticMetadata } from './static-metadata.js';

const MAX_ORIGIN_LENGTH = 255;
const MAX_KNOWN = 1_000;
const CLIENT_TAG = tag('client', '');

/** Origins, besides the trusted ones, whose scripts may call the endpoints that public clients call from browsers. */
@Injectable()
export class ClientOrigins implements InvalidationListener, OnModuleInit {
  private readonly listed: ReadonlySet<string>;
  /** Answers of the database, kept as long as verified credentials: anybody can ask with any origin. */
  private readonly known: LRUCache<string, boolean> | null;
  /** Counts invalidations: what was read before one may not be kept after it. */
  private generation = 0;

  constructor(
    private readonly store: ClientStore,
    private readonly cors: Cors,
    channel: InvalidationChannel,
    @Inject(CORE_SETTINGS) core: CoreSettings,
    @Inject(OAUTH_PROVIDER_SETTINGS) private readonly settings: OAuthProviderSettings,
  ) {
    const ofClients = settings.clients.flatMap((client) => {
      const metadata = staticMetadata(client, settings);
      return metadata.token_endpoint_auth_method === 'none' ? originsOf(metadata.redirect_uris) : [];
    });
    this.listed = new Set([...settings.corsOrigins, ...ofClients]);
    const ttl = core.cacheTtlSeconds * 1000;
    this.known = ttl > 0 ? new LRUCache({ max: MAX_KNOWN, ttl }) : null;
    channel.subscribe(this);
  }

  /** Anybody's scripts register where anybody may. */
  onModuleInit(): void {
    const { mode } = this.settings.registration;
    this.cors.openTo('clients', this.allows);
    if (mode !== 'off') this.cors.openTo('registrants', mode === 'open' ? 'any' : this.allows);
  }

  /** @param origin as the browser spells it, or whatever else a request has for one */
  readonly allows = async (origin: string): Promise<boolean> => {
    if (this.listed.has(origin)) return true;
    if (!isOrigin(origin)) return false;
    const cached = this.known?.get(origin);
    if (cached !== undefined) return cached;
    const generation = this.generation;
    const allowed = await this.store.allowsOrigin(origin);
    if (generation === this.generation) this.known?.set(origin, allowed);
    return allowed;
  };

  drop(tags: readonly string[]): void {
    if (tags.some((one) => one.startsWith(CLIENT_TAG))) this.flush();
  }

  flush(): void {
    this.generation++;
    this.known?.clear();
  }
}

function isOrigin(text: string): boolean {
  return text.length <= MAX_ORIGIN_LENGTH && URL.canParse(text) && new URL(text).origin === text;
}

/** Those of addresses that scripts can come from; a scheme of an app has none. */
function originsOf(uris: readonly string[]): string[] {
  return uris
    .filter((uri) => URL.canParse(uri))
    .map((uri) => new URL(uri).origin)
    .filter((origin) => origin !== 'null');
}
