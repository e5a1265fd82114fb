import { z } from 'zod';
import { bodySchema, wholeNumber } from '../../common/http/request/schema.pipe.js';
import { columnsOf } from '../keys/api-key.columns.js';
import { MAX_USAGE_DAYS } from '../keys/api-key-usage.store.js';
import { SORTABLE } from '../keys/api-key.list.js';
import { AgentSchema } from './agent.schema.js';
import { PermissionsSchema } from '../permissions.schema.js';

/** Columns that are not settings, but that a request may name all the same. */
export const NAMED = ['configId', 'prefix', 'enabled', 'expiresAt', 'agent'];
/**
 * Refused by name on the routes for owners (T009, T016, T017): every column that owners cannot set, and names that look like one. Where no
 * ceiling is configured, `permissions` and `scopes` are refused too.
 */
export const SERVER_ONLY = [
  ...columnsOf('minted', 'fixed', 'serverSetting', 'state')
    .map(({ member }) => member)
    .filter((member) => !NAMED.includes(member)),
  ...['userId', 'user_id', 'ownerId', 'role', 'key', 'hash', 'deletedAt', 'disabled', 'rateLimit'],
];

export const MAX_INTEGER = 2_147_483_647;
const keyId = z
  .string()
  .min(1)
  .max(255)
  .meta({ description: 'The id of the key, not the key itself.', example: '01993f6e-…' });
const configId = z.string().min(1).max(64).optional().meta({ description: 'Key configuration. Default `default`.' });
const name = z
  .string()
  .max(1_000)
  .nullish()
  .meta({ description: 'For people, to tell keys apart.', example: 'Production API Key' });
const expiresIn = z
  .int()
  .min(1)
  .max(MAX_INTEGER)
  .nullish()
  .meta({ description: 'Seconds from now; null: does not expire.', example: 2_592_000 });
const expiresAt = z.iso
  .datetime({ offset: true })
  .refine((text) => Number.isFinite(Date.parse(text)), 'Invalid date')
  .nullish()
  .meta({ description: 'Instead of `expiresIn`.' });
const metadata = z
  .unknown()
  .optional()
  .meta({ description: 'A JSON object; 4 KiB and 5 levels at most, unless configured otherwise.', type: 'object' });
const allowedIps = z
  .array(z.string().max(64))
  .max(100)
  .optional()
  .meta({
    description: 'Addresses and CIDR ranges the key may be used from; empty: anywhere.',
    example: ['203.0.113.0/24'],
  });
const scopes = z
  .array(z.string().max(128))
  .max(100)
  .optional()
  .meta({ description: 'Within `maxScopes` of the configuration; without it the server alone sets them.' });
const ownPermissions = z.unknown().optional().meta({
  type: 'object',
  description:
    'Resource to actions, within `maxPermissions` of the configuration; without it the server alone sets them.',
});
/** Fields that owners may set when they make or change a key. */
const ownFields = { expiresIn, expiresAt, metadata, allowedIps, scopes, permissions: ownPermissions };
const organizationId = z
  .string()
  .min(1)
  .max(255)
  .optional()
  .meta({ description: 'An organisation that owns keys; the server asks its host whether the caller belongs to it.' });
const serviceId = z.string().min(1).max(255).optional().meta({ description: 'A service that owns keys.' });
const enabled = z.boolean().optional().meta({ description: 'False: refused until it is enabled again.' });
const reason = z.string().min(1).max(255).optional().meta({ description: 'Kept with the key, for people.' });

export const CreateApiKeyBody = bodySchema(
  'AuthCreateApiKeyBody',
  {
    name,
    ...ownFields,
    configId,
    prefix: z.string().max(32).optional().meta({ description: 'Chooses the configuration with this prefix.' }),
    organizationId,
    serviceId,
    agent: AgentSchema.optional(),
  },
  [...SERVER_ONLY, 'enabled'],
);
export const UpdateApiKeyBody = bodySchema('AuthUpdateApiKeyBody', { keyId, configId, name, enabled, ...ownFields }, [
  ...SERVER_ONLY,
  'prefix',
  'agent',
]);
export const ApiKeyIdBody = bodySchema('AuthApiKeyIdBody', { keyId, configId }, SERVER_ONLY);
export const RevokeApiKeyBody = bodySchema('AuthRevokeApiKeyBody', { keyId, configId, reason }, SERVER_ONLY);
export const RotateApiKeyBody = bodySchema(
  'AuthRotateApiKeyBody',
  {
    keyId,
    configId,
    overlap: z
      .int()
      .min(0)
      .max(MAX_INTEGER)
      .optional()
      .meta({ description: 'Seconds the old key lives on. Default: `rotationOverlap` of the configuration.' }),
  },
  SERVER_ONLY,
);
export const VerifyApiKeyBody = bodySchema('AuthVerifyApiKeyBody', {
  key: z.string().min(1).max(512).meta({ description: 'The whole key, as it was presented.', example: 'sk_…' }),
  configId,
  permissions: PermissionsSchema.optional().meta({ description: 'The key must have all of these.' }),
  scopes: z.array(z.string().max(128)).max(100).optional().meta({ description: 'The key must have all of these.' }),
  ipAddress: z
    .union([z.ipv4(), z.ipv6()])
    .optional()
    .meta({ description: 'Where the request came from; needed for keys with an allow list.' }),
});

/** Query values are texts. An empty one, and the text `undefined` that some clients send, mean absent (T002). */
const query = <Shape extends z.ZodRawShape>(id: string, shape: Shape) =>
  z.preprocess(
    (value) =>
      Object.fromEntries(Object.entries(value as object).filter(([, one]) => one !== '' && one !== 'undefined')),
    z.object(shape).meta({ id }),
  );
const listing = {
  configId,
  enabled: z
    .stringbool({ truthy: ['true'], falsy: ['false'] })
    .optional()
    .meta({ type: 'boolean', description: 'Only keys that are enabled, or disabled.' }),
  status: z
    .enum(['active', 'disabled', 'expired', 'revoked'])
    .optional()
    .meta({ description: 'Only keys in this state.' }),
  search: z.string().max(100).optional().meta({ description: 'Part of the name, or the start of the key.' }),
  expiringWithin: wholeNumber(MAX_INTEGER)
    .optional()
    .meta({ description: 'Seconds: only keys that expire before they have passed.' }),
  delegatedFrom: z
    .union([z.literal('none'), z.uuid()])
    .optional()
    .meta({
      description:
        'Only keys that were delegated from the key with this id; `none`: only those that were not delegated.',
    }),
  limit: wholeNumber(500).optional().meta({ description: 'Keys of a page. Default 100.' }),
  offset: wholeNumber(1_000_000).optional().meta({ description: 'Keys to pass over. Default 0.' }),
  sortBy: z.enum(SORTABLE).optional().meta({ description: 'Default `createdAt`.' }),
  sortDirection: z.enum(['asc', 'desc']).optional().meta({ description: 'Default `desc`.' }),
};

export const GetApiKeyQuery = query('AuthGetApiKeyQuery', { id: keyId, configId });
export const ApiKeyUsageQuery = query('AuthApiKeyUsageQuery', {
  keyId,
  days: wholeNumber(MAX_USAGE_DAYS)
    .refine((days) => days >= 1, 'Give at least 1')
    .default(30)
    .meta({ description: `How many days, today among them: 1 to ${MAX_USAGE_DAYS}. Default 30.` }),
});
export const ListApiKeysQuery = query('AuthListApiKeysQuery', { ...listing, organizationId, serviceId });
export const AdminListApiKeysQuery = query('AuthAdminListApiKeysQuery', {
  ...listing,
  userId: z.string().min(1).max(255).optional().meta({ description: 'A user who owns keys.' }),
  organizationId,
  serviceId,
});

const limitFields = {
  rateLimitEnabled: z.boolean().optional().meta({ description: 'False: no limit, whatever the configuration says.' }),
  rateLimitTimeWindow: z.int().min(1).nullish().meta({ description: 'Milliseconds; null: as configured.' }),
  rateLimitMax: z
    .int()
    .min(1)
    .max(MAX_INTEGER)
    .nullish()
    .meta({ description: 'Requests in that time; null: as configured.' }),
  remaining: z.int().min(0).max(MAX_INTEGER).nullish().meta({ description: 'Requests left; null: no quota.' }),
  refillAmount: z
    .int()
    .min(1)
    .max(MAX_INTEGER)
    .nullish()
    .meta({ description: 'What `remaining` is set to after each `refillInterval`; null: no refill.' }),
  refillInterval: z.int().min(1_000).nullish().meta({ description: 'Milliseconds.' }),
};
const trustedFields = {
  name,
  enabled,
  ...ownFields,
  scopes: z.array(z.string().max(128)).max(100).optional().meta({ description: 'Any, also beyond `maxScopes`.' }),
  permissions: PermissionsSchema.nullish().meta({ description: 'Any, also beyond `maxPermissions`; null: none.' }),
  ...limitFields,
};
export const AdminCreateApiKeyBody = bodySchema('AuthAdminCreateApiKeyBody', {
  ...trustedFields,
  configId,
  userId: z
    .string()
    .min(1)
    .max(255)
    .optional()
    .meta({ description: 'The owner; or `organizationId`, or `serviceId`.' }),
  organizationId,
  serviceId,
  agent: AgentSchema.optional(),
});
export const AdminUpdateApiKeyBody = bodySchema('AuthAdminUpdateApiKeyBody', trustedFields);
export const AdminRevokeApiKeyBody = bodySchema('AuthAdminRevokeApiKeyBody', {
  reason,
});
