import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { AuthCaches } from '../../common/cache/auth-caches.js';
import { LoadingCache } from '../../common/cache/loading-cache.js';
import { tag } from '../../common/cache/tags.js';
import { InvalidationChannel, type InvalidationListener } from '../../common/database/invalidation.js';
import { Cors } from '../../common/http/edge/cors.js';
import { CORE_SETTINGS, type CoreSettings } from '../../common/options/core-options.js';
import { OAUTH_PROVIDER_SETTINGS, type OAuthProviderSettings } from '../oauth-provider.settings.js';
import { scriptOriginsOf } from './metadata/client-metadata.js';
import { ClientStore } from './client.store.js';
import { staticMetadata } from './metadata/static-metadata.js';

const MAX_ORIGIN_LENGTH = 255;
const MAX_KNOWN = 1_000;
const CLIENT_TAG = tag('client', '');

/** Origins, besides the trusted ones, whose scripts may call the endpoints that public clients call from browsers. */
@Injectable()
export class ClientOrigins implements InvalidationListener, OnModuleInit {
  private readonly listed: ReadonlySet<string>;
  /** Cached lookups, kept as long as verified credentials: any caller can send any origin. */
  private readonly known: LoadingCache<boolean>;

  constructor(
    private readonly store: ClientStore,
    private readonly cors: Cors,
    channel: InvalidationChannel,
    caches: AuthCaches,
    @Inject(CORE_SETTINGS) core: CoreSettings,
    @Inject(OAUTH_PROVIDER_SETTINGS) private readonly settings: OAuthProviderSettings,
  ) {
    const ofClients = settings.clients.flatMap((client) => scriptOriginsOf(staticMetadata(client, settings)));
    this.listed = new Set([...settings.corsOrigins, ...ofClients]);
    this.known = new LoadingCache({ max: MAX_KNOWN, ttlMilliseconds: core.cacheTtlSeconds * 1000 });
    channel.subscribe(this);
    caches.add('origins', this.known);
  }

  /** With open registration, scripts of any origin may register clients. */
  onModuleInit(): void {
    const { mode } = this.settings.registration;
    this.cors.openTo('clients', this.allows);
    // RFC 9700 2.6: clients send browsers to the authorization endpoint, and no script ever reads its answer.
    this.cors.openTo('nobody', 'none');
    if (mode !== 'off') this.cors.openTo('registrants', mode === 'open' ? 'any' : this.allows);
  }

  /** @param origin as a browser spells it, or any other text that a caller sends for one */
  readonly allows = async (origin: string): Promise<boolean> => {
    if (this.listed.has(origin)) return true;
    if (!isOrigin(origin)) return false;
    return (await this.known.getOrLoad(origin, () => this.store.allowsOrigin(origin))) ?? false;
  };

  drop(tags: readonly string[]): void {
    if (tags.some((one) => one.startsWith(CLIENT_TAG))) this.flush();
  }

  flush(): void {
    this.known.flush();
  }
}

function isOrigin(text: string): boolean {
  return text.length <= MAX_ORIGIN_LENGTH && URL.canParse(text) && new URL(text).origin === text;
}
