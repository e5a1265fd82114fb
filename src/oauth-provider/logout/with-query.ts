/**
 * Adds parameters to an address and leaves what is there as it was spelled: the client may compare it.
 * @returns what is not ASCII percent-encoded: it goes into a header (T015)
 */
export function withQuery(address: string, parameters: Readonly<Record<string, string>>): string {
  const [rest = '', fragment] = address.split('#', 2);
  const added = Object.entries(parameters).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  const separator = rest.includes('?') ? '&' : '?';
  const whole = added.length === 0 ? rest : `${rest}${separator}${added.join('&')}`;
  return `${whole}${fragment === undefined ? '' : `#${fragment}`}`.replaceAll(/[^\x21-\x7E]+/g, encodeURIComponent);
}
