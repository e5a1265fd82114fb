import { z } from 'zod';
import { bodySchema } from '../../common/http/request/schema.pipe.js';
import type { ConfigurationSettings } from '../api-keys.settings.js';
import type { CreateOwnApiKey } from '../management/own-api-keys.service.js';
import type { Permissions } from '../permissions.js';

const DAY_SECONDS = 86_400;
/** Lifetimes that the form offers, in days; 0: does not expire. */
const LIFETIMES = [7, 30, 90, 365, 0] as const;
/** Overlaps that the form offers, in seconds. */
const OVERLAPS = [0, 3_600, DAY_SECONDS, 7 * DAY_SECONDS] as const;

const id = z.string().min(1).max(64);
/** A form sends one checked box as a text, several as a list. */
const boxes = z
  .union([z.string().max(300), z.array(z.string().max(300)).max(200)])
  .optional()
  .transform((value) => (value === undefined ? [] : [value].flat()));

export const KeysPageQuery = z.object({ done: z.string().max(64).optional(), owner: z.string().max(300).optional() });
export const KeyPageQuery = z.object({ id, done: z.string().max(64).optional() });
export const NewKeyQuery = z.object({
  configuration: z.string().max(64).optional(),
  owner: z.string().max(300).optional(),
});
export const KeyForm = bodySchema('AuthKeyForm', { id });
export const RenameKeyForm = bodySchema('AuthRenameKeyForm', { id, name: z.string().trim().max(1_000).default('') });
export const RotateKeyForm = bodySchema('AuthRotateKeyForm', {
  id,
  overlap: z.coerce.number().int().min(0).max(2_147_483_647),
});
export const EnableKeyForm = bodySchema('AuthEnableKeyForm', { id, enabled: z.enum(['true', 'false']) });
export const NewKeyForm = bodySchema('AuthNewKeyForm', {
  configuration: z.string().max(64).default('default'),
  owner: z.string().max(300).optional(),
  name: z.string().trim().max(1_000).default(''),
  lifetime: z.coerce.number().int().min(0).max(3_650),
  scope: boxes,
  permission: boxes,
});
export type NewKeyFields = z.infer<typeof NewKeyForm>;

/** The lifetimes that this configuration allows, in days. */
export function lifetimesOf({
  minExpiresInSeconds,
  maxExpiresInSeconds,
  boundsLifetime,
}: ConfigurationSettings): number[] {
  return LIFETIMES.filter((days) => {
    if (days === 0) return !boundsLifetime;
    return days * DAY_SECONDS >= minExpiresInSeconds && days * DAY_SECONDS <= maxExpiresInSeconds;
  });
}

/** The overlaps that this configuration allows, in seconds. */
export function overlapsOf({ maxRotationOverlapSeconds }: ConfigurationSettings): number[] {
  return OVERLAPS.filter((seconds) => seconds <= maxRotationOverlapSeconds);
}

/** What the form asks for. Permissions and scopes are named only where there is a ceiling: without one the server alone sets them. */
export function toCommand(form: NewKeyFields, configuration: ConfigurationSettings): CreateOwnApiKey {
  return {
    configId: configuration.configId,
    name: form.name || null,
    ...(form.lifetime > 0 && { expiresIn: form.lifetime * DAY_SECONDS }),
    ...(form.lifetime === 0 && { expiresIn: null }),
    ...(configuration.maxScopes && { scopes: form.scope }),
    ...(configuration.maxPermissions && { permissions: toPermissions(form.permission) }),
  };
}

/** `reports:read` and `reports:write` make `{ reports: ['read', 'write'] }`. The last colon divides: resources may have one. */
function toPermissions(checked: readonly string[]): Permissions {
  const permissions = new Map<string, string[]>();
  for (const one of checked) {
    const divider = one.lastIndexOf(':');
    const [resource, action] = [one.slice(0, divider), one.slice(divider + 1)];
    permissions.set(resource, [...(permissions.get(resource) ?? []), action]);
  }
  return Object.fromEntries(permissions);
}
