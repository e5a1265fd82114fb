/**
 * Adds parameters to an address and leaves the rest as it is spelled, since the client may compare it.
 * @returns the address with everything but ASCII percent-encoded, since it goes into a header (T015)
 */
export function withQuery(address: string, parameters: Readonly<Record<string, string>>): string {
  const [rest = '', fragment] = address.split('#', 2);
  const added = Object.entries(parameters).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  const separator = rest.includes('?') ? '&' : '?';
  const whole = added.length === 0 ? rest : `${rest}${separator}${added.join('&')}`;
  return `${whole}${fragment === undefined ? '' : `#${fragment}`}`.replaceAll(/[^\x21-\x7E]+/g, encodeURIComponent);
}
