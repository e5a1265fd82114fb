import { z } from 'zod';
import { bodySchema } from '../../common/http/request/schema.pipe.js';
import { callbackURL, email, name, oauthQuery } from '../account.schemas.js';

const MAX_METADATA_LENGTH = 2_048;
/** Long enough for a waiting authorization request. */
const address = z.string().max(8_192).optional();
const token = z.string().max(512).meta({ description: 'From the link of the mail.' });
const addresses = {
  callbackURL: address.meta({ description: 'Where the browser goes with its session.' }),
  newUserCallbackURL: address.meta({ description: 'The same for new users.' }),
  errorCallbackURL: address.meta({ description: 'Where it goes with `error`. Default: `callbackURL`.' }),
};

export const MagicLinkBody = bodySchema('AuthMagicLinkBody', {
  email,
  name: name.optional().meta({ description: 'Of a new user.' }),
  callbackURL,
  newUserCallbackURL: callbackURL,
  errorCallbackURL: callbackURL,
  metadata: z
    .record(z.string(), z.unknown())
    .refine((given) => JSON.stringify(given).length <= MAX_METADATA_LENGTH, 'It is too long')
    .optional()
    .meta({ description: 'For the mail that your server sends.' }),
  oauth_query: oauthQuery,
});
export const OpenMagicLinkQuery = z.object({ token, ...addresses });
export const OpenMagicLinkBody = bodySchema('AuthOpenMagicLinkBody', { token, ...addresses });
export type LinkAddressFields = Omit<z.infer<typeof OpenMagicLinkQuery>, 'token'>;

export const LinkPageQuery = z.object({
  continue: address,
  login_hint: z.string().max(2_048).optional(),
  error: z.string().max(64).optional(),
  done: z.literal('sent').optional(),
});
export const LinkPageForm = bodySchema('AuthLinkPageForm', {
  email: z.string().max(320).default(''),
  continue: address,
});
