import { Inject, Injectable, Optional } from '@nestjs/common';
import { ApplicationConfig } from '@nestjs/core';
import { CORE_SETTINGS, DEFAULT_ROUTE_PREFIX, ROUTE_PREFIX, type CoreSettings } from '../options/core-options.js';

export type ErrorShape = 'management' | 'oauth';

/** Path tricks that routers and proxies may read differently: empty and dot segments, matrix parameters, encoded separators (T012). */
const AMBIGUOUS_PATH = /\/\/|[;\\]|%2e|%2f|%5c|%00|\/\.{1,2}(?:\/|$)|[^/]\/$/i;

/** Knows which paths are this project's, wherever the host has moved them, and which error shape each speaks. */
@Injectable()
export class AuthRoutes {
  private readonly oauthPaths: string[] = [];
  private readonly extraPaths = new Map<string, { readonly shape: ErrorShape; readonly below: boolean }>();
  private base: string | undefined;

  constructor(
    private readonly config: ApplicationConfig,
    // Optional, so that a forgotten core module is told in our words (see CommonModule).
    @Optional() @Inject(ROUTE_PREFIX) private readonly prefix: string = DEFAULT_ROUTE_PREFIX,
    @Optional() @Inject(CORE_SETTINGS) private readonly settings?: Pick<CoreSettings, 'issuerUrl'>,
  ) {}

  /** Routes below this path, relative to the prefix, speak the OAuth error shape. For capabilities, at start. */
  speakOAuth(path: string): void {
    this.oauthPaths.push(path);
  }

  /**
   * A path outside the prefix that is ours too, e.g. `/device`. For capabilities, at start.
   * @param below false: what lies below the path is the host's. Default true
   */
  claim(path: string, shape: ErrorShape, { below = true }: { readonly below?: boolean } = {}): void {
    this.extraPaths.set(path, { shape, below });
  }

  /** Where the routes are mounted: the host's global prefix and ours. The global prefix is final once requests arrive. */
  get basePath(): string {
    if (this.base === undefined) {
      const global = this.config.getGlobalPrefix().replace(/^\/*/, '/').replace(/\/+$/, '');
      this.base = global + this.prefix;
    }
    return this.base;
  }

  /** The same as browsers see it: an issuer with a path stands behind a proxy that takes the path away. */
  get publicPath(): string {
    return (this.settings?.issuerUrl.pathname ?? '').replace(/\/$/, '') + this.basePath;
  }

  /**
   * @param path raw request path, without the query
   * @returns the path relative to our prefix, or null when it is the host's. Spellings a router might still take as ours count as ours.
   */
  match(path: string): { route: string; exact: boolean } | null {
    const plain = decodePath(path).toLowerCase();
    const base = this.basePath.toLowerCase();
    if (plain === base || plain.startsWith(`${base}/`)) {
      const exact = path.startsWith(this.basePath) && !AMBIGUOUS_PATH.test(path);
      return { route: plain.slice(base.length), exact };
    }
    for (const [claimed, { below }] of this.extraPaths) {
      const lower = claimed.toLowerCase();
      if (plain === lower || plain === `${lower}/` || (below && plain.startsWith(`${lower}/`)))
        return { route: plain, exact: path.startsWith(claimed) && !AMBIGUOUS_PATH.test(path) };
    }
    return null;
  }

  shapeOf(route: string): ErrorShape {
    const isBelow = (path: string) => route === path || route.startsWith(`${path}/`);
    if (this.oauthPaths.some(isBelow)) return 'oauth';
    for (const [path, { shape }] of this.extraPaths) if (isBelow(path.toLowerCase())) return shape;
    return 'management';
  }
}

function decodePath(path: string): string {
  if (!path.includes('%')) return path;
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
