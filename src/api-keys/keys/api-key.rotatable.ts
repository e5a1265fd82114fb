import type { ApiKeyRow } from './api-key.columns.js';
import { keyErrors } from './api-key.errors.js';

/** @throws AuthError 404 `KEY_NOT_FOUND`, 409 `KEY_ALREADY_ROTATED`, 400 `KEY_REVOKED` or `KEY_EXPIRED` */
export function requireRotatable(row: ApiKeyRow | null): void {
  if (!row) throw keyErrors.notFound();
  if (row.rotatedTo !== null) throw keyErrors.alreadyRotated();
  if (row.revokedAt !== null) throw keyErrors.revoked();
  if (row.expired) throw keyErrors.expired();
}
