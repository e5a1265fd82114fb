/** RFC 7638 3 with SHA-256 (RFC 9449 10): base64url. */
const THUMBPRINT = /^[A-Za-z0-9_-]{43}$/;

/** Whether a text can be the thumbprint of a key; not whether there is such a key. */
export function isKeyThumbprint(text: string): boolean {
  return THUMBPRINT.test(text);
}
