import { errors } from 'jose';
import { AuthorizationResponseError, ResponseBodyError, WWWAuthenticateChallengeError } from 'openid-client';
import { OutboundFault } from '../../common/outbound/outbound-fault.js';
import { ProviderFault } from './provider-fault.js';

/** Codes of jose for a key set that cannot be read; the others mean an invalid token. */
const NO_KEYS: ReadonlySet<string> = new Set(['ERR_JOSE_GENERIC', 'ERR_JWKS_TIMEOUT', 'ERR_JWKS_INVALID']);
const ERROR_CODE = /^[A-Za-z0-9_.-]{1,64}$/;

/** Turns what openid-client, jose and the guarded fetch throw into a fault that names the provider. */
export function toProviderFault(error: unknown, providerId: string): ProviderFault {
  const { kind, message } = sorted(error);
  const owner = `provider "${providerId}": `;
  return new ProviderFault(kind, message.startsWith(owner) ? message : `${owner}${message}`);
}

function sorted(error: unknown): ProviderFault {
  const known = find(error, ProviderFault);
  if (known) return known;
  const outbound = find(error, OutboundFault);
  if (outbound) return new ProviderFault('unavailable', `${outbound.reason}: ${outbound.message}`);
  if (error instanceof ResponseBodyError) return fromStatus(error.status, error.error);
  if (error instanceof AuthorizationResponseError) return new ProviderFault('refused', codeOf(error.error));
  if (error instanceof WWWAuthenticateChallengeError) return fromStatus(error.status, 'challenged');
  if (error instanceof errors.JOSEError)
    return new ProviderFault(NO_KEYS.has(error.code) ? 'unavailable' : 'invalid', error.code);
  const status = find(error, Response)?.status;
  if (status !== undefined) return fromStatus(status, `unexpected answer with status ${status}`);
  const { code, message, cause } = error as { code?: unknown; message?: unknown; cause?: unknown };
  const text = `${String(code ?? '')} ${String(message ?? error)}`.trim();
  return new ProviderFault('invalid', isNamingMember(cause) ? `${text}: ${cause.message}` : text);
}

/** openid-client's own cause is a fixed sentence that names the member without its value. Deeper causes may quote the reply. */
function isNamingMember(cause: unknown): cause is Error {
  return cause instanceof Error && cause.name === 'OperationProcessingError';
}

function fromStatus(status: number, text: string): ProviderFault {
  const code = codeOf(text);
  return new ProviderFault(status >= 500 || status === 429 ? 'unavailable' : 'refused', `${status} ${code}`);
}

/** The provider's error code, if it is one. Its description and its body stay out of our log. */
function codeOf(text: string): string {
  return ERROR_CODE.test(text) || text.startsWith('unexpected answer') ? text : 'an error of its own';
}

/** Libraries wrap errors: the reason is somewhere in the chain of causes. */
function find<T>(error: unknown, type: abstract new (...args: never[]) => T): T | undefined {
  for (let depth = 0, current = error; depth < 5 && current; depth++) {
    if (current instanceof type) return current;
    current = (current as { cause?: unknown }).cause;
  }
  return undefined;
}
