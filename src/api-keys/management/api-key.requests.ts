import { AuthError } from '../../common/errors/auth-error.js';
import type { ApiKeyOwner } from '../api-keys.options.js';
import type { ApiKeyPage } from './api-keys.service.js';

interface DatedBody {
  readonly expiresAt?: string | null | undefined;
  readonly metadata?: unknown;
}
type Fields<Body extends DatedBody> = Omit<Body, 'expiresAt' | 'metadata'> & {
  expiresAt?: Date | null;
  metadata?: Readonly<Record<string, unknown>> | null;
};

/** Turns a checked body into a command: texts become dates. The service checks what `metadata` holds, for all callers. */
export function toFields<Body extends DatedBody>({ expiresAt, ...others }: Body): Fields<Body> {
  const date = expiresAt === undefined || expiresAt === null ? expiresAt : new Date(expiresAt);
  return { ...others, ...(date !== undefined && { expiresAt: date }) } as Fields<Body>;
}

/** Turns a checked query into a listing. */
export function toListing<
  Query extends { readonly expiringWithin?: number | undefined; readonly delegatedFrom?: string | undefined },
>({ expiringWithin, delegatedFrom, ...others }: Query) {
  const from = delegatedFrom === undefined ? {} : { delegatedFrom: delegatedFrom === 'none' ? null : delegatedFrom };
  return { ...others, ...from, expiringWithinSeconds: expiringWithin };
}

/** Repeats `limit` and `offset` when they were given, as the better-auth client expects. */
export function answerPage(
  page: ApiKeyPage,
  { limit, offset }: { readonly limit?: number | undefined; readonly offset?: number | undefined },
) {
  return { ...page, ...(limit !== undefined && { limit }), ...(offset !== undefined && { offset }) };
}

interface NamedOwner {
  readonly userId?: string | undefined;
  readonly organizationId?: string | undefined;
  readonly serviceId?: string | undefined;
}

/** The owner an administrator names; null when they name none. @throws AuthError 400 when they name several */
export function ownerIn({ userId, organizationId, serviceId }: NamedOwner): ApiKeyOwner | null {
  const owners: ApiKeyOwner[] = [];
  if (userId !== undefined) owners.push({ kind: 'user', id: userId });
  if (organizationId !== undefined) owners.push({ kind: 'organization', id: organizationId });
  if (serviceId !== undefined) owners.push({ kind: 'service', id: serviceId });
  if (owners.length > 1)
    throw AuthError.badRequest('CONFLICTING_OWNER', 'Give one of userId, organizationId and serviceId');
  return owners[0] ?? null;
}
