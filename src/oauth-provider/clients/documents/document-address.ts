import { calledAddressFault } from '../metadata/address-rules.js';

const SCHEME = 'https://';
/** More than the bare root, which would speak for the whole site (MCP clients refuse it as well). */
const WITH_PATH = /^https:\/\/[^/?]+\/[^?]/;

/** Whether a client id can be the address of a document. Those that we make, and most of options, never begin so. */
export function isDocumentId(clientId: string): boolean {
  return clientId.startsWith(SCHEME);
}

/**
 * Why no document is read at a client id; null when it may be (Client ID Metadata Document 3). The text is judged as it is written, then as it
 * is parsed: ids are compared character by character, and whoever reads one must come to the same place.
 * @param allowPrivateNetwork whether documents on this machine and its network are read, in development
 */
export function documentAddressFault(clientId: string, allowPrivateNetwork: boolean): string | null {
  if (!isDocumentId(clientId)) return 'it is no https address';
  const fault = calledAddressFault(clientId, allowPrivateNetwork);
  if (fault !== null) return fault;
  if (!WITH_PATH.test(clientId)) return 'it has no path';
  // The same host by another name: it would pass by lists of hosts.
  return new URL(clientId).hostname.endsWith('.') ? 'its host ends with a dot' : null;
}

/** The host of a document: what nobody else can call theirs, with the port if it has one. */
export function documentHost(clientId: string): string {
  return new URL(clientId).host;
}
