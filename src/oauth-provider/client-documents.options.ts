import type { Duration } from '../common/options/duration.js';
import { choice, count, duration, flag, given, hook, texts } from '../common/options/option.js';
import { block, readOptions, type OptionsOf } from '../common/options/read-options.js';
import { hostPattern, type HostPattern } from './document-hosts.js';

/** What `allowClient` is told besides the document. */
export interface DocumentContext {
  /** The client id, which is the address of the document. */
  readonly clientId: string;
  /** Whether this server knows no document of this client yet. */
  readonly isNew: boolean;
}

/** Clients that publish their metadata at an https address, which is their client id (OAuth Client ID Metadata Document). */
export interface ClientMetadataDocumentsOptions {
  /** Whether such clients are known at all. Default true. */
  readonly enabled?: boolean;
  /** The only hosts whose documents are read: `client.example`, or `*.example` for every name below it. Default: every public host. */
  readonly allowedHosts?: readonly string[];
  /** Hosts whose documents are not read, and whose clients are unknown at once; written likewise. Default: none. */
  readonly blockedHosts?: readonly string[];
  /** Whether https redirect addresses have to be of the origin of the document. Default false. */
  readonly sameOriginRedirects?: boolean;
  /** The shortest time that a document counts as fresh, whatever its cache headers say. Default `'1m'`, at most 1 day. */
  readonly minTTL?: Duration;
  /** The longest time likewise. Default `'1d'`, at most 7 days. */
  readonly maxTTL?: Duration;
  /**
   * How long the last good document serves tokens of a client whose document is no longer fresh and cannot be read; nobody can allow it
   * anything meanwhile. Default `'1d'`, at most 30 days; 0: not at all.
   */
  readonly gracePeriod?: Duration;
  /** After this time users are asked again: a domain may have another owner by then. Default `'365d'`, at most 10 years. */
  readonly consentTTL?: Duration;
  /**
   * When keys, authentication method or redirect hosts change: `consent` asks users again and ends codes and requests that wait, `revoke`
   * ends the tokens as well, `ignore` only tells the host's events. Default `consent`.
   */
  readonly onMetadataChange?: 'consent' | 'revoke' | 'ignore';
  /** Clients of this kind that are kept; the ones that nobody uses make room for new ones. Default 10000. */
  readonly maxClients?: number;
  readonly limits?: {
    /** Documents read per minute, in all: for known clients, and as many for new ones. Default 120. */
    readonly perMinute?: number;
    /** Of one origin. Default 30. */
    readonly perOrigin?: number;
    /** For requests from one address. Default 20. */
    readonly perAddress?: number;
  };
  /**
   * Decides about each document that is read, after all checks: true takes it; all else, or an AuthError, refuses it. Default: every one is taken.
   * @param document as it was read
   */
  readonly allowClient?: (
    document: Readonly<Record<string, unknown>>,
    context: DocumentContext,
  ) => boolean | Promise<boolean>;
}

const DAY_SECONDS = 86_400;
const LIMIT = { min: 1, max: 100_000 };

export const CLIENT_DOCUMENT_OPTIONS = {
  enabled: flag(true),
  allowedHosts: given<readonly string[]>('texts'),
  blockedHosts: texts(),
  sameOriginRedirects: flag(false),
  minTTL: duration({ fallback: '1m', min: 1, max: DAY_SECONDS }),
  maxTTL: duration({ fallback: '1d', min: 1, max: 7 * DAY_SECONDS }),
  gracePeriod: duration({ fallback: '1d', min: 0, max: 30 * DAY_SECONDS }),
  consentTTL: duration({ fallback: '365d', min: 60, max: 3_650 * DAY_SECONDS }),
  onMetadataChange: choice(['consent', 'revoke', 'ignore'], 'consent'),
  maxClients: count({ fallback: 10_000, min: 1, max: 1_000_000 }),
  limits: block({
    perMinute: count({ fallback: 120, ...LIMIT }),
    perOrigin: count({ fallback: 30, ...LIMIT }),
    perAddress: count({ fallback: 20, ...LIMIT }),
  }),
  allowClient: hook<NonNullable<ClientMetadataDocumentsOptions['allowClient']>>(),
} satisfies OptionsOf<ClientMetadataDocumentsOptions>;

export type ClientDocumentSettings = Omit<ReturnType<typeof read>, 'enabled' | 'allowedHosts' | 'blockedHosts'> & {
  /** Null: every host. */
  readonly allowedHosts: readonly HostPattern[] | null;
  readonly blockedHosts: readonly HostPattern[];
};

/**
 * @returns null: such clients are unknown
 * @throws Error with option and remedy; stops the boot
 */
export function resolveClientDocuments(
  options: ClientMetadataDocumentsOptions | null,
): Readonly<ClientDocumentSettings> | null {
  if (options === null) return null;
  const { enabled, allowedHosts, blockedHosts, ...settings } = read(options);
  if (settings.minTTLSeconds > settings.maxTTLSeconds)
    throw new Error(`${OPTION}.minTTL: it is longer than maxTTL. Give at most ${settings.maxTTLSeconds} seconds.`);
  // An empty list would allow nobody; left out, it allows everybody.
  if (allowedHosts?.length === 0)
    throw new Error(`${OPTION}.allowedHosts: it is empty, so no client would be known. Name a host, or leave it out.`);
  const patterns = (name: string, hosts: readonly string[]) =>
    hosts.map((host) => hostPattern(`${OPTION}.${name}`, host));
  if (!enabled) return null;
  return Object.freeze({
    ...settings,
    allowedHosts: allowedHosts && patterns('allowedHosts', allowedHosts),
    blockedHosts: patterns('blockedHosts', blockedHosts),
  });
}

const OPTION = 'oauthProvider.clientMetadataDocuments';

function read(options: ClientMetadataDocumentsOptions) {
  return readOptions(OPTION, options, CLIENT_DOCUMENT_OPTIONS);
}
