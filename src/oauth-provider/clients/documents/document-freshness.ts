interface Bounds {
  readonly minTTLSeconds: number;
  readonly maxTTLSeconds: number;
}

/** Of a document whose headers say nothing. */
const SILENT_SECONDS = 3_600;
/** RFC 9111 1.2.2; longer numbers count as this one. */
const SECONDS = /^"?(\d{1,10})"?$/;

/**
 * For how many seconds a document counts as fresh: as its host says (RFC 9111 4.2), within our bounds. A host that wants nothing stored is read
 * as often as the bounds allow, since a document that is not stored would be fetched for every request.
 * @param headers of the answer
 */
export function freshSeconds(headers: Headers, { minTTLSeconds, maxTTLSeconds }: Bounds): number {
  return Math.min(Math.max(saidSeconds(headers), minTTLSeconds), maxTTLSeconds);
}

function saidSeconds(headers: Headers): number {
  const directives = directivesIn(headers.get('cache-control') ?? '');
  if (directives.has('no-store') || directives.has('no-cache')) return 0;
  const maxAge = secondsIn(directives.get('max-age'));
  if (maxAge !== null) return maxAge - (secondsIn(headers.get('age')) ?? 0);
  const expires = headers.get('expires');
  // An `Expires` that is no date is one in the past (RFC 9111 5.3).
  if (expires !== null) return secondsBetween(headers.get('date'), expires);
  return directives.has('max-age') ? 0 : SILENT_SECONDS;
}

function directivesIn(text: string): ReadonlyMap<string, string> {
  const parts = text.split(',').map((part) => part.trim().split(/=(.*)/s, 2));
  return new Map(parts.map(([name = '', value = '']) => [name.trim().toLowerCase(), value.trim()]));
}

function secondsIn(text: string | null | undefined): number | null {
  const digits = SECONDS.exec(text?.trim() ?? '')?.[1];
  return digits === undefined ? null : Number(digits);
}

function secondsBetween(from: string | null, to: string): number {
  const [begin, end] = [from === null ? Date.now() : Date.parse(from), Date.parse(to)];
  return Number.isFinite(begin) && Number.isFinite(end) ? Math.floor((end - begin) / 1000) : 0;
}
