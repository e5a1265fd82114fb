import { z } from 'zod';
import { bodySchema } from '../../common/http/request/schema.pipe.js';
import { PermissionsSchema } from '../permissions.schema.js';
import { AgentSchema } from './agent.schema.js';
import { MAX_INTEGER, NAMED, SERVER_ONLY } from './api-key.schemas.js';

/** Nothing but what a delegated key has of its own. */
export const DelegateApiKeyBody = bodySchema(
  'AuthDelegateApiKeyBody',
  {
    agent: AgentSchema,
    permissions: PermissionsSchema.optional().meta({
      description: 'Within those of the presented key. Not named: none.',
      example: { reports: ['read'] },
    }),
    scopes: z
      .array(z.string().max(128))
      .max(100)
      .optional()
      .meta({ description: 'Within those of the presented key. Not named: none.' }),
    expiresIn: z.int().min(1).max(MAX_INTEGER).optional().meta({
      description: 'Seconds from now, at most `delegation.maxExpiresIn`, which is the default.',
      example: 300,
    }),
  },
  [
    ...SERVER_ONLY,
    ...NAMED.filter((name) => name !== 'agent'),
    'name',
    'metadata',
    'allowedIps',
    'organizationId',
    'serviceId',
  ],
);
