import { z } from 'zod';
import { bodySchema, wholeNumber } from '../../common/http/request/schema.pipe.js';
import { columnsOf } from '../keys/api-key.columns.js';
import { MAX_USAGE_DAYS } from '../keys/api-key-usage.store.js';
import { SORTABLE } from '../keys/api-key.list.js';
import { PermissionsSchema } from '../permissions.schema.js';

/** Columns that are not settings, but that a request may name all the same. */
const NAMED = ['configId', 'prefix', 'enabled', 'expiresAt'];
/**
 * Refused by name on the routes for owners (T009, T016, T017): every column that owners cannot set, and names that look like one. Where no
 * ceiling is configured, `permissions` and `scopes` are refused too.
 */
const SERVER_ONLY = [
  ...columnsOf('minted', 'fixed', 'serverSetting', 'state')
    .map(({ member }) => member)
    .filter((member) => !NAMED.includes(member)),
  ...['userId', 'user_id', 'ownerId', 'role', 'key', 'hash', 'deletedAt', 'disabled', 'rateLimit'],
];

const MAX_INTEGER = 2_147_483_647;
const keyId = z.string().min(1).max(255).meta({ example: '01993f6e-…' });
const configId = z.string().min(1).max(64).optional().meta({ description: 'Key configuration. Default `default`.' });
const name = z.string().max(1_000).nullish().meta({ example: 'Production API Key' });
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
const organizationId = z.string().min(1).max(255).optional();
const serviceId = z.string().min(1).max(255).optional();

export const CreateApiKeyBody = bodySchema(
  'AuthCreateApiKeyBody',
  {
    name,
    ...ownFields,
    configId,
    prefix: z.string().max(32).optional().meta({ description: 'Chooses the configuration with this prefix.' }),
    organizationId,
    serviceId,
  },
  [...SERVER_ONLY, 'enabled'],
);
export const UpdateApiKeyBody = bodySchema(
  'AuthUpdateApiKeyBody',
  { keyId, configId, name, enabled: z.boolean().optional(), ...ownFields },
  [...SERVER_ONLY, 'prefix'],
);
export const ApiKeyIdBody = bodySchema('AuthApiKeyIdBody', { keyId, configId }, SERVER_ONLY);
export const RevokeApiKeyBody = bodySchema(
  'AuthRevokeApiKeyBody',
  { keyId, configId, reason: z.string().min(1).max(255).optional() },
  SERVER_ONLY,
);
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
  key: z.string().min(1).max(512).meta({ example: 'sk_…' }),
  configId,
  permissions: PermissionsSchema.optional(),
  scopes: z.array(z.string().max(128)).max(100).optional(),
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
  enabled: z.stringbool({ truthy: ['true'], falsy: ['false'] }).optional(),
  status: z.enum(['active', 'disabled', 'expired', 'revoked']).optional(),
  search: z.string().max(100).optional(),
  expiringWithin: wholeNumber(MAX_INTEGER).optional(),
  limit: wholeNumber(500).optional(),
  offset: wholeNumber(1_000_000).optional(),
  sortBy: z.enum(SORTABLE).optional(),
  sortDirection: z.enum(['asc', 'desc']).optional(),
};

export const GetApiKeyQuery = query('AuthGetApiKeyQuery', { id: keyId, configId });
export const ApiKeyUsageQuery = query('AuthApiKeyUsageQuery', {
  keyId,
  days: wholeNumber(MAX_USAGE_DAYS)
    .refine((days) => days >= 1, 'Give at least 1')
    .default(30)
    .meta({ description: `1 to ${MAX_USAGE_DAYS}. Default 30.` }),
});
export const ListApiKeysQuery = query('AuthListApiKeysQuery', { ...listing, organizationId, serviceId });
export const AdminListApiKeysQuery = query('AuthAdminListApiKeysQuery', {
  ...listing,
  userId: z.string().min(1).max(255).optional(),
  organizationId,
  serviceId,
});

const limitFields = {
  rateLimitEnabled: z.boolean().optional().meta({ description: 'False: no limit, whatever the configuration says.' }),
  rateLimitTimeWindow: z.int().min(1).nullish().meta({ description: 'Milliseconds; null: as configured.' }),
  rateLimitMax: z.int().min(1).max(MAX_INTEGER).nullish(),
  remaining: z.int().min(0).max(MAX_INTEGER).nullish().meta({ description: 'Requests left; null: no quota.' }),
  refillAmount: z.int().min(1).max(MAX_INTEGER).nullish(),
  refillInterval: z.int().min(1_000).nullish().meta({ description: 'Milliseconds.' }),
};
const trustedFields = {
  name,
  enabled: z.boolean().optional(),
  ...ownFields,
  scopes: z.array(z.string().max(128)).max(100).optional(),
  permissions: PermissionsSchema.nullish(),
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
});
export const AdminUpdateApiKeyBody = bodySchema('AuthAdminUpdateApiKeyBody', trustedFields);
export const AdminRevokeApiKeyBody = bodySchema('AuthAdminRevokeApiKeyBody', {
  reason: z.string().min(1).max(255).optional(),
});
