import { hash } from 'node:crypto';
import { constantTimeEqual } from '../../common/crypto.js';

/** RFC 7636 4.1. */
const VERIFIER = /^[A-Za-z0-9._~-]{43,128}$/;
/** RFC 7636 4.2: base64url of a SHA-256. */
const CHALLENGE = /^[A-Za-z0-9_-]{43}$/;

export function isCodeVerifier(text: string): boolean {
  return VERIFIER.test(text);
}

export function isCodeChallenge(text: string): boolean {
  return CHALLENGE.test(text);
}

/** RFC 7636 4.6, method S256. */
export function verifierMatches(verifier: string, challenge: string): boolean {
  return isCodeVerifier(verifier) && constantTimeEqual(hash('sha256', verifier, 'base64url'), challenge);
}
