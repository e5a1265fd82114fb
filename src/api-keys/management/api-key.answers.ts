import { z } from 'zod';

interface Agent {
  id: string;
  name: string;
  from: Agent | null;
}
const agent: z.ZodType<Agent> = z
  .object({
    id: z.string().meta({ description: 'Begins with `agent:`.' }),
    name: z.string(),
    from: z.lazy(() => agent.nullable()).meta({ description: 'The agent that handed it on; null: the owner.' }),
  })
  .meta({ id: 'AuthApiKeyAgent' });
const date = z.iso.datetime().nullable();
export const ApiKeyAnswer = z
  .object({
    id: z.string(),
    configId: z.string().meta({ description: 'Key configuration.' }),
    name: z.string().nullable(),
    start: z.string().meta({ description: 'First characters of the key.' }),
    prefix: z.string().nullable().meta({ description: 'What the key begins with; part of `start`.' }),
    referenceId: z.string().meta({ description: 'Id of the owner.' }),
    ownerKind: z.enum(['user', 'organization', 'service']),
    createdBy: z.string().nullable().meta({ description: 'The user who made it; null: the server.' }),
    enabled: z.boolean().meta({ description: 'False: refused until it is enabled again.' }),
    expiresAt: date.meta({ description: 'Null: it does not expire.' }),
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
    revokedAt: date.meta({ description: 'Null: it is not revoked.' }),
    revokedReason: z.string().nullable(),
    rotatedTo: z.string().nullable().meta({ description: 'Id of the key that replaced this one.' }),
    rotatedFrom: z.string().nullable().meta({ description: 'Id of the key that this one replaced.' }),
    agent: agent.nullable().meta({ description: 'Whom it was made for; null: its owner uses it.' }),
    delegatedFrom: z
      .string()
      .nullable()
      .meta({ description: 'Id of the key that it was delegated from, and ends with.' }),
    permissions: z
      .record(z.string(), z.array(z.string()))
      .nullable()
      .meta({ description: 'Resource to actions; null: none.' }),
    scopes: z.array(z.string()),
    metadata: z.record(z.string(), z.unknown()).nullable(),
    allowedIps: z.array(z.string()).meta({ description: 'Empty: usable from anywhere.' }),
    rateLimitEnabled: z.boolean().meta({ description: 'False: no limit, whatever the configuration says.' }),
    rateLimitTimeWindow: z.number().nullable().meta({ description: 'Milliseconds.' }),
    rateLimitMax: z.int().nullable().meta({ description: 'Requests in that time; null: as configured.' }),
    remaining: z.int().nullable().meta({ description: 'Requests left; null: no quota.' }),
    refillAmount: z.int().nullable().meta({ description: 'What `remaining` is set to at a refill; null: no refill.' }),
    refillInterval: z.number().nullable().meta({ description: 'Milliseconds.' }),
    lastRefillAt: date,
    requestCount: z.int().meta({ description: 'Since the key was made; written once a minute.' }),
    lastRequest: date.meta({ description: 'Null: never used.' }),
  })
  .meta({ id: 'AuthApiKey' });
export const ApiKeyWithSecretAnswer = ApiKeyAnswer.extend({
  key: z.string().meta({ description: 'The key; shown here only.', example: 'sk_…' }),
}).meta({ id: 'AuthApiKeyWithSecret' });
export const ApiKeyPageAnswer = z
  .object({
    apiKeys: ApiKeyAnswer.array(),
    total: z.int().meta({ description: 'Of all pages.' }),
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
    valid: z.boolean().meta({ description: 'False: `error` says why.' }),
    error: z
      .object({ message: z.string(), code: z.string(), details: z.record(z.string(), z.unknown()).optional() })
      .nullable(),
    key: ApiKeyAnswer.nullable(),
  })
  .meta({ id: 'AuthApiKeyVerification' });
