import { z } from 'zod';
import { bodySchema } from '../../common/http/schema.pipe.js';
import { parseScope } from '../../common/principal/scopes.js';

export const RequestQuery = z.object({ request: z.string().max(256) });

const scope = z
  .string()
  .max(4_096)
  .transform((text, context) => {
    const scopes = parseScope(text);
    if (scopes) return scopes;
    context.addIssue({ code: 'custom', message: 'Not a scope' });
    return z.NEVER;
  });

export const ConsentBody = bodySchema('ConsentBody', {
  accept: z.union([z.boolean(), z.enum(['true', 'false']).transform((text) => text === 'true')]),
  consent_code: z.string().max(256).optional(),
  oauth_query: z.string().max(16_384).optional(),
  scope: scope
    .optional()
    .meta({ description: 'Space-separated; those granted among the ones asked for. Default: all.' }),
});

export const ConsentAnswer = z
  .object({
    redirect: z.boolean(),
    url: z.string().meta({ description: 'With a code, or an error.' }),
    redirectURI: z.string(),
    redirect_uri: z.string(),
  })
  .meta({ id: 'ConsentAnswer' });
