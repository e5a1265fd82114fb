import type { Ceremony } from './challenge.store.js';

/** What the browser says about a ceremony (WebAuthn 3, 5.8.1), as far as it is needed before the library checks it. */
export interface ClientData {
  readonly challenge: string;
}

/**
 * @param clientDataJson base64url
 * @returns null: malformed, of the other ceremony, or made in a frame of another site (`crossOrigin`), where nobody sees who asks
 */
export function readClientData(clientDataJson: string, ceremony: Ceremony): ClientData | null {
  const data = parsed(clientDataJson);
  const { type, challenge, crossOrigin } = data ?? {};
  if (type !== `webauthn.${ceremony}` || typeof challenge !== 'string' || challenge === '') return null;
  return crossOrigin === undefined || crossOrigin === false ? { challenge } : null;
}

function parsed(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}
