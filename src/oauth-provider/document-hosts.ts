/** A host of an option: itself, or every name below it. */
export interface HostPattern {
  readonly host: string;
  readonly isSuffix: boolean;
}

const HOST = /^(\*\.)?([a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*|\[[0-9a-f:.]+\])$/;

/** @throws Error with option and remedy; stops the boot */
export function hostPattern(option: string, text: string): HostPattern {
  const [, wildcard, host] = HOST.exec(text) ?? [];
  if (host !== undefined) return { host, isSuffix: wildcard !== undefined };
  throw new Error(
    `${option}: ${JSON.stringify(text)} is no host. Give its name in lower case, without scheme, port and path, e.g. client.example or *.example.`,
  );
}

/** @param host as `URL` spells it, so in lower case and without a port */
export function matchesHost(host: string, patterns: readonly HostPattern[]): boolean {
  return patterns.some((one) => (one.isSuffix ? host.endsWith(`.${one.host}`) : host === one.host));
}
