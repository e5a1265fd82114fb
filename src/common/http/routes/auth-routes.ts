import { Inject, Injectable, Optional } from '@nestjs/common';
import { ApplicationConfig } from '@nestjs/core';
import { CORE_SETTINGS, DEFAULT_ROUTE_PREFIX, ROUTE_PREFIX, type CoreSettings } from '../../options/core-options.js';
import { descriptionOf, type ErrorShape } from './describe-route.js';
import { MountedRoutes } from './mounted-routes.js';
import { proxyPathOf } from './proxy-path.js';

/**
 * Path spellings that routers and proxies may read differently: empty and dot segments, matrix parameters, encoded separators (T012). One
 * slash at the end is not among them: the host's router decides whether that is the same route, as for the host's own routes.
 */
const AMBIGUOUS_PATH = /\/\/|[;\\]|%2e|%2f|%5c|%00|\/\.{1,2}(?:\/|$)/i;

interface Place {
  readonly path: string;
  readonly lower: string;
  /** Whether paths below it are ours too. */
  readonly below: boolean;
  /** It holds routes, which are named relative to it. */
  readonly isBase: boolean;
}

/** Knows which paths are ours, wherever the host has moved them, and the error shape of each. */
@Injectable()
export class AuthRoutes {
  private readonly issuerUrl: Pick<URL, 'origin' | 'pathname'>;
  private readonly extraPaths = new Map<
    string,
    { readonly route: string; readonly shape: ErrorShape; readonly below: boolean }
  >();
  private proxy: string | undefined;
  private places: { readonly bases: number; readonly all: readonly Place[] } | undefined;
  private knownPatterns: readonly string[] | undefined;
  /** The routes that the edge has seen Nest register. */
  readonly mounted = new MountedRoutes();

  constructor(
    private readonly config: ApplicationConfig,
    // Optional, so that a missing core module is reported in our words (see CommonModule).
    @Optional() @Inject(ROUTE_PREFIX) private readonly prefix: string = DEFAULT_ROUTE_PREFIX,
    @Optional() @Inject(CORE_SETTINGS) settings?: Pick<CoreSettings, 'issuerUrl'>,
  ) {
    this.issuerUrl = settings?.issuerUrl ?? { origin: '', pathname: '' };
  }

  /**
   * A path of ours that no controller has, e.g. `/device`. Capabilities claim theirs at start.
   * @param below false: paths below it are the host's. Default true
   */
  claim(path: string, shape: ErrorShape, { below = true }: { readonly below?: boolean } = {}): void {
    const route = this.match(path)?.route ?? path.toLowerCase();
    this.extraPaths.set(path, { route, shape, below });
    this.places = undefined;
  }

  /** Where the routes are mounted: as the router has them, or, before any is registered, the host's global prefix and ours. */
  get basePaths(): readonly string[] {
    if (this.mounted.bases.length > 0) return this.mounted.bases;
    return [this.config.getGlobalPrefix().replace(/^\/*/, '/').replace(/\/+$/, '') + this.prefix];
  }

  get basePath(): string {
    return this.basePaths[0]!;
  }

  /** The path of a route in the router. @param route relative to our prefix, e.g. `/oauth2/token` */
  pathOf(route: string, method = 'GET'): string {
    return this.mounted.find(route, method) ?? this.basePath + route;
  }

  /** The same as browsers see it, for links and redirects. */
  publicPathOf(route: string, method?: string): string {
    return this.proxyPath + this.pathOf(route, method);
  }

  /** The same as an absolute address, for what we publish. Built from the issuer, never from the request's host (T013). */
  urlOf(route: string, method?: string): string {
    return this.issuerUrl.origin + this.publicPathOf(route, method);
  }

  /** The absolute address of a page at the application's root; an absolute address stays as it is. */
  rootUrlOf(address: string): string {
    return address.startsWith('/') ? this.issuerUrl.origin + this.proxyPath + address : address;
  }

  /** Scheme, host and port of the issuer. */
  get issuerOrigin(): string {
    return this.issuerUrl.origin;
  }

  /** Call it once Nest has registered its routes; without any (a worker, a command line) nothing can contradict the issuer. */
  check(): void {
    if (this.mounted.bases.length > 0) void this.proxyPath;
  }

  /** @throws Error when issuer and routes contradict each other; stops the boot */
  get proxyPath(): string {
    this.proxy ??= proxyPathOf(
      this.issuerUrl.pathname.replace(/\/$/, ''),
      this.basePaths.map((basePath) => ({ basePath, prefix: this.prefix })),
    );
    return this.proxy;
  }

  /**
   * @param path raw request path, without the query
   * @returns the path relative to our prefix, or null when it is the host's. Spellings that a router might still match count as ours.
   */
  match(path: string): { route: string; exact: boolean } | null {
    const decoded = decodePath(path).toLowerCase();
    const plain = /[^/]\/$/.test(decoded) ? decoded.slice(0, -1) : decoded;
    for (const place of this.allPlaces()) {
      const { lower, path: mounted, below, isBase } = place;
      if (!plain.startsWith(lower)) continue;
      if (plain.length > lower.length && !(below && plain[lower.length] === '/')) continue;
      const exact = path.startsWith(mounted) && !AMBIGUOUS_PATH.test(path);
      return { route: isBase ? plain.slice(lower.length) : plain, exact };
    }
    return null;
  }

  /** Kept, since every request of the host's is compared with them. */
  private allPlaces(): readonly Place[] {
    const { length } = this.mounted.bases;
    if (this.places?.bases === length) return this.places.all;
    const bases = this.basePaths.map((path) => ({ path, lower: path.toLowerCase(), below: true, isBase: true }));
    const claimed = [...this.extraPaths].map(([path, { below }]) => ({
      path,
      lower: path.toLowerCase(),
      below,
      isBase: false,
    }));
    const all = [...bases, ...claimed];
    // Until Nest has registered routes, the prefix may still change.
    if (length > 0) this.places = { bases: length, all };
    return all;
  }

  /** Read once: by the first request the router has every route. */
  private get oauthPatterns(): readonly string[] {
    return (this.knownPatterns ??= this.mounted.all
      .filter(({ handler }) => descriptionOf(handler)?.shape === 'oauth')
      .map(({ pattern }) => pattern));
  }

  /** The error shape of a route, and of unknown paths below it, as the controllers declare it. */
  shapeOf(route: string): ErrorShape {
    const isBelow = (path: string) => route === path || route.startsWith(`${path}/`);
    if (this.oauthPatterns.some(isBelow)) return 'oauth';
    return [...this.extraPaths.values()].find((one) => isBelow(one.route))?.shape ?? 'management';
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
