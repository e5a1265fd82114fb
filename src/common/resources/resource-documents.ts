import { WELL_KNOWN, type ResourceAddress } from './resource-address.js';
import { resourceMetadata, type ResourceFacts } from './resource-metadata.js';
import type { ResourceSettings } from './resource.settings.js';

/** A request for a document. */
export interface DocumentWish {
  /** As the request names it. It only chooses among the resources of the options: nothing is made of it (T013). */
  readonly host: string | undefined;
  /** With the query. */
  readonly url: string;
}

/** Clients see changed options within the hour. */
export const DOCUMENT_CACHE_CONTROL = 'public, max-age=3600';

const DEFAULT_PORT = /:(?:443|80)$/;

interface Document extends ResourceAddress {
  readonly body: Readonly<Record<string, unknown>>;
}

/** The documents of protected resources (RFC 9728): made once, of the options alone. */
export class ResourceDocuments {
  private readonly all: readonly Document[];

  constructor(resources: readonly ResourceSettings[], facts: ResourceFacts) {
    this.all = resources.flatMap((one) =>
      one.address === null ? [] : [{ ...one.address, body: Object.freeze(resourceMetadata(one, facts)) }],
    );
  }

  /** The paths at which one is found: each with and without a slash at its end (RFC 9728 3.1), and the root. */
  get paths(): readonly string[] {
    if (this.all.length === 0) return [];
    return [
      ...new Set([
        WELL_KNOWN,
        `${WELL_KNOWN}/`,
        ...this.all.flatMap(({ path }) => [WELL_KNOWN + path, `${WELL_KNOWN}${path}/`]),
      ]),
    ];
  }

  /** @returns undefined for a path that none has */
  find({ host, url }: DocumentWish): Readonly<Record<string, unknown>> | undefined {
    const [written, query] = url.split('?', 2) as [string, string | undefined];
    const asked = written.slice(WELL_KNOWN.length);
    const path = asked.replace(/\/$/, '');
    // At the root also the first of a host: clients that know nothing of paths look there.
    const candidates = path === '' ? this.all : this.all.filter((one) => one.path === path);
    // What nobody fits does not count. Clients add the query of the address that they call, whatever resource it belongs to.
    const wishes: readonly ((one: Document) => boolean)[] = [
      (one) => one.host === host?.toLowerCase().replace(DEFAULT_PORT, ''),
      (one) => one.path === path,
      (one) => one.search === (query === undefined ? '' : `?${query}`),
      (one) => one.endsInSlash === (path !== '' && asked !== path),
    ];
    return wishes.reduce((left, fits) => (left.some(fits) ? left.filter(fits) : left), candidates)[0]?.body;
  }
}
