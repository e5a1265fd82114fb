import { z } from 'zod';
import { clientAuthentication } from '../../common/grants/oauth.schemas.js';

/** RFC 7009 2.1, for the API document: `readForm` parses. */
export const RevocationBody = z
  .looseObject({
    token: z.string().meta({ description: 'An access or refresh token of the client.' }),
    token_type_hint: z.string().optional().meta({ description: 'Taken and not needed.' }),
    ...clientAuthentication,
  })
  .meta({ id: 'AuthRevocationRequest' });
export const RevocationAnswer = z.object({}).meta({ id: 'AuthRevocation', description: 'Always empty.' });
