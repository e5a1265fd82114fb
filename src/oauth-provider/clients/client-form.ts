import { z } from 'zod';
import { DEVICE_CODE_GRANT } from '../../common/grants/grant.js';
import { bodySchema } from '../../common/http/request/schema.pipe.js';
import { isAboutUsers } from '../oauth-provider.settings.js';
import type { OAuthClientInput } from './oauth-clients.service.js';

/** What the form offers, and what each is in the terms of RFC 7591 2. Everything else administration sets by its routes. */
export const KINDS = {
  web: { grants: ['authorization_code', 'refresh_token'], method: 'client_secret_basic' },
  public: { grants: ['authorization_code', 'refresh_token'], method: 'none' },
  device: { grants: [DEVICE_CODE_GRANT, 'refresh_token'], method: 'none' },
  service: { grants: ['client_credentials'], method: 'client_secret_basic' },
} as const;
export type Kind = keyof typeof KINDS;

/** Overlaps that the form of a secret offers, in seconds. */
export const OVERLAPS = [0, 3_600, 86_400, 604_800] as const;

const id = z.string().min(1).max(255);
const form = z.string().min(1).max(64);
const done = z.string().max(64).optional();
/** The page of a list; nonsense is the first. */
export const pageNumber = z.coerce.number().int().min(1).max(20_000).catch(1);
/** A form sends one checked box as a text, several as a list. */
const boxes = z
  .union([z.string().max(300), z.array(z.string().max(300)).max(200)])
  .optional()
  .transform((value) => (value === undefined ? [] : [value].flat()));

export const ClientsPageQuery = z.object({ search: z.string().trim().max(200).default(''), page: pageNumber, done });
export const ClientPageQuery = z.object({ id, done });
export const EnableClientForm = bodySchema('AuthEnableClientForm', { id, enabled: z.enum(['true', 'false']) });
export const RotateClientForm = bodySchema('AuthRotateClientForm', {
  id,
  form,
  overlap: z.coerce
    .number()
    .int()
    .refine((seconds) => (OVERLAPS as readonly number[]).includes(seconds)),
});
export const NewClientForm = bodySchema('AuthNewClientForm', {
  form,
  name: z.string().trim().max(1_000).default(''),
  kind: z.enum(['web', 'public', 'device', 'service']),
  redirects: z.string().max(16_384).default(''),
  scope: boxes,
});
export type NewClientFields = z.infer<typeof NewClientForm>;

/** As the routes of the administration take it. */
export function toInput({ name, kind, redirects, scope }: NewClientFields): OAuthClientInput {
  const { grants, method } = KINDS[kind];
  const addresses = redirects.split(/\s+/).filter((address) => address !== '');
  const scopes = kind === 'service' ? scope.filter((one) => !isAboutUsers(one)) : scope;
  return {
    metadata: {
      ...(name !== '' && { client_name: name }),
      grant_types: [...grants],
      token_endpoint_auth_method: method,
      ...(addresses.length > 0 && { redirect_uris: addresses }),
      ...(scopes.length > 0 && { scope: scopes.join(' ') }),
    },
    ...(kind === 'service' && { policy: { clientCredentialsScopes: scopes } }),
  };
}
