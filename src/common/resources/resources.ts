import { foldResource } from './resource-identifier.js';
import { resolveResource, type ResourceOptions, type ResourceSettings } from './resource.settings.js';

/** The protected resources of the options. A client may spell one differently: it gets ours back. */
export class Resources {
  /** Those of the options, in their order. */
  readonly all: readonly ResourceSettings[];
  private readonly byFolded = new Map<string, ResourceSettings>();

  /**
   * @param issuer is a resource as well, whatever the options say: its tokens are those without another audience
   * @throws Error when two are one; stops the boot
   */
  constructor(list: readonly ResourceSettings[], issuer: string | null, option = 'resources') {
    for (const one of list) {
      const folded = foldResource(one.resource)!;
      const other = this.byFolded.get(folded);
      if (other)
        throw new Error(`${option}: ${one.resource} and ${other.resource} are one resource (RFC 8707 2). Remove one.`);
      this.byFolded.set(folded, one);
    }
    this.all = Object.freeze([...list]);
    if (issuer !== null && !this.find(issuer))
      this.byFolded.set(foldResource(issuer)!, resolveResource({ resource: issuer }, option));
  }

  /** @param text as a client spells it @returns undefined for one that there is not */
  find(text: string): ResourceSettings | undefined {
    const folded = foldResource(text);
    return folded === null ? undefined : this.byFolded.get(folded);
  }
}

/** @throws Error with option and remedy; stops the boot */
export function resolveResources(
  list: readonly ResourceOptions[],
  issuer: string | null,
  option = 'resources',
): Resources {
  return new Resources(
    list.map((one, index) => resolveResource(one, `${option}[${index}]`)),
    issuer,
    option,
  );
}
