import { AuthError } from '../errors/auth-error.js';

/**
 * SQLSTATE classes and codes that mean "not now" and say nothing about the credential (T117, T118). Among them 28 and 3D000, which a
 * database returns while it is being replaced or restored.
 */
const UNAVAILABLE_CLASSES = new Set(['08', '28', '53', '57', '58', 'F0', 'XX']);
const UNAVAILABLE_CODES = new Set(['25006', '25P03', '3D000', '55000', '55P03']);
/** Tables or columns of this version are missing, or the role may not use them: a migration or a GRANT is missing. */
const UNPREPARED_CODES = new Set(['3F000', '42501', '42703', '42P01']);
const RETRYABLE_CODES = new Set(['40001', '40P01']);
/** A text or a JSON text with characters PostgreSQL cannot hold. */
const UNSTORABLE_TEXT = new Set(['22021', '22P05']);
const NETWORK_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENETDOWN',
  'ECONNABORTED',
]);
/** node-postgres reports these without a code. */
const CONNECTION_MESSAGES =
  /Connection terminated|timeout exceeded when trying to connect|timeout expired|Query read timeout|Client has encountered a connection error|Client was closed|Cannot use a pool after calling end|is not queryable|not established|Driver not Connected|Connection is not established/i;

interface DriverError {
  code?: unknown;
  message?: unknown;
  driverError?: unknown;
  severity?: unknown;
}

function driverError(error: unknown): DriverError {
  const outer = (error ?? {}) as DriverError;
  return (outer.driverError ?? outer) as DriverError;
}

export function sqlState(error: unknown): string | undefined {
  const code = driverError(error).code;
  return typeof code === 'string' ? code : undefined;
}

/** Serialization failure or deadlock: the whole transaction may be run again. */
export function isRetryable(error: unknown): boolean {
  return RETRYABLE_CODES.has(sqlState(error) ?? '');
}

/**
 * Whether a failed COMMIT has certainly undone everything: the server reported an error and stayed up. After a fatal error or a lost
 * connection this is unknown, and also when the severity is in another language.
 */
export function isRolledBack(error: unknown): boolean {
  return isRetryable(error) || driverError(error).severity === 'ERROR';
}

/** The database is away, full, too slow, shutting down or read-only. */
export function isUnavailable(error: unknown): boolean {
  const code = sqlState(error);
  if (code !== undefined && (NETWORK_CODES.has(code) || UNAVAILABLE_CODES.has(code))) return true;
  if (code?.length === 5 && UNAVAILABLE_CLASSES.has(code.slice(0, 2))) return true;
  if (isRetryable(error)) return true;
  return CONNECTION_MESSAGES.test(String(driverError(error).message ?? ''));
}

/** Converts the error of a failed statement: an AuthError 503 when the database is the reason, otherwise the error itself. */
export function toAuthError(error: unknown): unknown {
  if (error instanceof AuthError) return error;
  // Last line of defence: schemas refuse NUL and lone surrogates before they get here (T003).
  if (UNSTORABLE_TEXT.has(sqlState(error) ?? ''))
    return AuthError.badRequest('VALIDATION_ERROR', 'A value holds characters that cannot be stored');
  if (UNPREPARED_CODES.has(sqlState(error) ?? ''))
    return AuthError.unavailable(`the tables are not ready, run the migrations: ${messageOf(error)}`, error);
  if (!isUnavailable(error)) return error;
  return AuthError.unavailable(`database: ${messageOf(error)}`, error);
}

function messageOf(error: unknown): string {
  return String(driverError(error).message ?? error);
}
