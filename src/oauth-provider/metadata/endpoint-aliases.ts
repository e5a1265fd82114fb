/** Endpoints at which a client may show its certificate, to authenticate or because its token is bound to it (RFC 8705 5). */
const ENDPOINTS = [
  'token_endpoint',
  'introspection_endpoint',
  'revocation_endpoint',
  'userinfo_endpoint',
  'device_authorization_endpoint',
  'pushed_authorization_request_endpoint',
] as const;

/**
 * The same endpoints at the host that asks for certificates (`mtls_endpoint_aliases`).
 * @param metadata the document with every endpoint that there is
 * @param issuer whose address the endpoints begin with
 * @param base without a slash at the end
 */
export function endpointAliases(
  metadata: Readonly<Record<string, unknown>>,
  issuer: string,
  base: string,
): Record<string, string> {
  const found = ENDPOINTS.map((name) => [name, metadata[name]] as const).filter(
    (pair): pair is readonly [(typeof ENDPOINTS)[number], string] => typeof pair[1] === 'string',
  );
  return Object.fromEntries(found.map(([name, address]) => [name, moved(address, issuer, base)]));
}

/** The host's own path below the issuer's stays; an endpoint beside that path moves with its own. */
function moved(address: string, issuer: string, base: string): string {
  if (address.startsWith(`${issuer}/`)) return base + address.slice(issuer.length);
  return new URL(base).origin + new URL(address).pathname;
}
