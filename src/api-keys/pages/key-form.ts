import { z } from 'zod';
import { done, shownTo } from '../../common/http/areas/area-forms.js';
import { bodySchema } from '../../common/http/request/schema.pipe.js';
import type { ConfigurationSettings } from '../api-keys.settings.js';
import type { CreateOwnApiKey } from '../management/own-api-keys.service.js';
import type { Permissions } from '../../common/principal/permissions.js';

const DAY = 86_400;
/** Seconds; 0: does not expire. */
const LIFETIMES = [7 * DAY, 30 * DAY, 90 * DAY, 365 * DAY] as const;
const USUAL_LIFETIME = 90 * DAY;
/** Seconds. */
const OVERLAPS = [0, 3_600, DAY, 7 * DAY] as const;
const MAX_SECONDS = 2_147_483_647;

const id = z.string().min(1).max(64);
const owner = z.string().max(300).default('');
const configuration = z.string().max(64).optional();
const seconds = z.coerce.number().int().min(0).max(MAX_SECONDS);
/** Names one showing of a form that makes a key, so that it makes one, however often it is sent (KeyConditions). */
const order = z.string().regex(/^[0-9A-Za-z]{43,64}$/);
/** A form sends one checked box as a text, several as a list. */
const boxes = z
  .union([z.string().max(300), z.array(z.string().max(300)).max(200)])
  .optional()
  .transform((value) => (value === undefined ? [] : [value].flat()));

export const KeysPageQuery = z.object({
  done,
  owner,
  page: z.coerce.number().int().min(1).max(10_000).catch(1).default(1),
});
export const KeyPageQuery = z.object({ id, done });
export const NewKeyQuery = z.object({ configuration, owner });
export const DeleteKeyForm = bodySchema('AuthDeleteKeyForm', { shownTo, id, owner });
export const RotateKeyForm = bodySchema('AuthRotateKeyForm', { shownTo, id, order, overlap: seconds });
export const EnableKeyForm = bodySchema('AuthEnableKeyForm', { shownTo, id, enabled: z.enum(['true', 'false']) });
export const NewKeyForm = bodySchema('AuthNewKeyForm', {
  shownTo,
  order,
  configuration,
  owner,
  name: z.string().trim().max(4_096).default(''),
  agent: z.string().trim().max(4_096).default(''),
  lifetime: seconds,
  scope: boxes,
  permission: boxes,
});
export type NewKeyFields = z.infer<typeof NewKeyForm>;

/** The lifetimes that this configuration allows, and the one that is chosen at first. */
export function lifetimesOf({
  minExpiresInSeconds: min,
  maxExpiresInSeconds: max,
  expiresInSeconds,
  boundsLifetime,
}: ConfigurationSettings): { readonly all: readonly number[]; readonly first: number } {
  const usual = LIFETIMES.filter((one) => one >= min && one <= max);
  const own = expiresInSeconds ?? (usual.length === 0 ? max : null);
  const bounded = [...new Set(own === null ? usual : [...usual, own])].toSorted((one, other) => one - other);
  const first = own ?? (bounded.includes(USUAL_LIFETIME) ? USUAL_LIFETIME : bounded.at(-1)!);
  return { all: boundsLifetime ? bounded : [...bounded, 0], first };
}

/** The overlaps that this configuration allows, with its own. */
export function overlapsOf({ maxRotationOverlapSeconds, rotationOverlapSeconds }: ConfigurationSettings): number[] {
  const usual = OVERLAPS.filter((one) => one <= maxRotationOverlapSeconds);
  return [...new Set([...usual, rotationOverlapSeconds])].toSorted((one, other) => one - other);
}

/** What the form asks for. Permissions and scopes are named only where there is a ceiling: without one the server alone sets them. */
export function toCommand(
  form: NewKeyFields,
  { configId, maxScopes, maxPermissions }: ConfigurationSettings,
): CreateOwnApiKey {
  return {
    configId,
    name: form.name || null,
    ...(form.agent && { agent: { name: form.agent } }),
    expiresIn: form.lifetime === 0 ? null : form.lifetime,
    ...(maxScopes && { scopes: form.scope }),
    ...(maxPermissions && { permissions: toPermissions(form.permission) }),
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
