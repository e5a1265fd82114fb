import { z } from 'zod';

const date = z.iso.datetime().nullable();
export const ApiKeyAnswer = z
  .object({
    id: z.string(),
    configId: z.string(),
    name: z.string().nullable(),
    start: z.string().meta({ description: 'First characters of the key.' }),
    prefix: z.string().nullable(),
    referenceId: z.string().meta({ description: 'Id of the owner.' }),
    ownerKind: z.enum(['user', 'organization', 'service']),
    createdBy: z.string().nullable(),
    enabled: z.boolean(),
    expiresAt: date,
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
    revokedAt: date,
    revokedReason: z.string().nullable(),
    rotatedTo: z.string().nullable(),
    rotatedFrom: z.string().nullable(),
    permissions: z.record(z.string(), z.array(z.string())).nullable(),
    scopes: z.array(z.string()),
    metadata: z.record(z.string(), z.unknown()).nullable(),
    allowedIps: z.array(z.string()),
    rateLimitEnabled: z.boolean(),
    rateLimitTimeWindow: z.number().nullable().meta({ description: 'Milliseconds.' }),
    rateLimitMax: z.int().nullable(),
    remaining: z.int().nullable().meta({ description: 'Requests left; null: no quota.' }),
    refillAmount: z.int().nullable(),
    refillInterval: z.number().nullable().meta({ description: 'Milliseconds.' }),
    lastRefillAt: date,
    requestCount: z.int(),
    lastRequest: date,
  })
  .meta({ id: 'AuthApiKey' });
export const ApiKeyWithSecretAnswer = ApiKeyAnswer.extend({
  key: z.string().meta({ description: 'The key; shown here only.', example: 'sk_…' }),
}).meta({ id: 'AuthApiKeyWithSecret' });
export const ApiKeyPageAnswer = z
  .object({
    apiKeys: ApiKeyAnswer.array(),
    total: z.int(),
    limit: z.int().optional(),
    offset: z.int().optional(),
  })
  .meta({ id: 'AuthApiKeyPage' });
export const ApiKeyUsageAnswer = z
  .object({
    keyId: z.string(),
    days: z
      .object({
        day: z.iso.date().meta({ description: 'In UTC.' }),
        requests: z.int().meta({ description: 'Refused ones do not count.' }),
      })
      .array()
      .meta({ description: 'Oldest first; the last is today.' }),
  })
  .meta({ id: 'AuthApiKeyUsage' });
export const SuccessAnswer = z.object({ success: z.boolean() }).meta({ id: 'AuthApiKeySuccess' });
export const ApiKeyVerificationAnswer = z
  .object({
    valid: z.boolean(),
    error: z
      .object({ message: z.string(), code: z.string(), details: z.record(z.string(), z.unknown()).optional() })
      .nullable(),
    key: ApiKeyAnswer.nullable(),
  })
  .meta({ id: 'AuthApiKeyVerification' });
