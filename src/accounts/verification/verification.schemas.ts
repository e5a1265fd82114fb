import { z } from 'zod';
import { bodySchema } from '../../common/http/request/schema.pipe.js';
import { callbackURL, email, UserView } from '../account.schemas.js';

export const SendVerificationBody = bodySchema('AuthSendVerificationEmailBody', { email, callbackURL });
export const VerifyEmailQuery = z.object({
  token: z.string().max(512).meta({ description: 'From the link of the mail.' }),
  callbackURL,
});
/** Where a sign-in was to lead. */
const continueTo = z.string().max(8_192).optional();
export const VerifyPageQuery = z.object({
  login_hint: z.string().max(2_048).optional(),
  continue: continueTo,
  done: z.literal('sent').optional(),
});
export const VerifyForm = bodySchema('AuthVerifyAddressForm', {
  email: z.string().max(320).default(''),
  continue: continueTo,
});
export const VerifiedPageQuery = z.object({ error: z.string().max(64).optional() });
export const VerifyEmailAnswer = z
  .object({ status: z.literal(true), user: UserView.nullish() })
  .meta({ id: 'AuthVerifyEmailAnswer' });
