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

/** A checked body as a command: dates become dates. What `metadata` holds is checked by the service, whoever gives it. */
export function toFields<Body extends DatedBody>({ expiresAt, ...others }: Body): Fields<Body> {
  const date = expiresAt === undefined || expiresAt === null ? expiresAt : new Date(expiresAt);
  return { ...others, ...(date !== undefined && { expiresAt: date }) } as Fields<Body>;
}

/** A checked query as a listing. */
export function toListing<Query extends { readonly expiringWithin?: number | undefined }>({
  expiringWithin,
  ...others
}: Query) {
  return { ...others, expiringWithinSeconds: expiringWithin };
}

/** `limit` and `offset` come back when they were given, as the better-auth client expects. */
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
