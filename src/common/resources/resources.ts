import { foldResource } from './resource-identifier.js';
import type { ResourceOptions } from './resource.options.js';
import { resolveResource, type ResourceSettings } from './resource.settings.js';

/** The protected resources of the options. A client may spell one differently: it gets ours back. */
export class Resources {
  /** Those of the options, in their order. */
  readonly all: readonly ResourceSettings[];
  private readonly byFolded = new Map<string, ResourceSettings>();
  private readonly byName = new Map<string, ResourceSettings>();

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

  /** Names for people, by identifier. */
  get names(): ReadonlyMap<string, string> {
    return new Map(this.all.flatMap(({ resource, name }) => (name === null ? [] : [[resource, name] as const])));
  }

  /** A list of them in our spelling; what there is not stays as it is. */
  asSpelled<List extends readonly string[] | null>(list: List): List | string[] {
    return list === null ? list : [...new Set(list.map((one) => this.find(one)?.resource ?? one))];
  }

  /**
   * @param name as host code names one: by its identifier, or by its path
   * @throws Error when there is none, or a path is that of several; at the start, where a decorator names it
   */
  named(name: string): ResourceSettings {
    const known = this.byName.get(name);
    if (known) return known;
    const [found, another] = name.startsWith('/') ? this.ofPath(name) : [this.find(name)];
    if (found && another)
      throw new Error(`${name} is the path of ${found.resource} and ${another.resource}. Name the whole identifier.`);
    if (!found) {
      const names = this.all.map(({ resource }) => resource).join(', ');
      throw new Error(
        `${name} is none of the option resources (${names === '' ? 'which is empty' : names}). Add it there.`,
      );
    }
    this.byName.set(name, found);
    return found;
  }

  /** A path may be that of several hosts. */
  private ofPath(path: string): ResourceSettings[] {
    return [...this.byFolded].flatMap(([folded, one]) => (pathOf(folded) === path ? [one] : []));
  }
}

/** Of an application that has none. */
export const NO_RESOURCES = new Resources([], null);

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

function pathOf(folded: string): string | undefined {
  return /^[^:]+:\/\/[^/]*(\/.*)$/.exec(folded)?.[1];
}
