import { AuthError } from '../errors/auth-error.js';

/** Resource to actions. Names are compared exactly; there are no wildcards. */
export type Permissions = Readonly<Record<string, readonly string[]>>;

/** Whether everything asked for is granted. Only own properties count, and asking for nothing is never granted (T026). */
export function grants(granted: Permissions | null, asked: Permissions): boolean {
  const resources = Object.entries(asked);
  if (granted === null || resources.length === 0) return false;
  return resources.every(([resource, actions]) => {
    const held = Object.hasOwn(granted, resource) ? granted[resource]! : [];
    return actions.length > 0 && actions.every((action) => held.includes(action));
  });
}

/** Whether `permissions` stay within `ceiling`. A resource without actions asks for nothing, so it fits. */
export function isWithin(permissions: Permissions, ceiling: Permissions): boolean {
  return Object.entries(permissions).every(([resource, actions]) => {
    const allowed = Object.hasOwn(ceiling, resource) ? ceiling[resource]! : [];
    return actions.every((action) => allowed.includes(action));
  });
}

export const LACKING_PERMISSIONS = {
  status: 403,
  code: 'INSUFFICIENT_API_KEY_PERMISSIONS',
  description: 'The API key lacks the permissions for this',
} as const;

/** RFC 6750 3.1: the key is valid but may not do this. */
export function lackingPermissions(): AuthError {
  return new AuthError({ ...LACKING_PERMISSIONS, error: 'insufficient_scope' });
}
