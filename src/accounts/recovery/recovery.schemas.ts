import { z } from 'zod';
import { bodySchema } from '../../common/http/request/schema.pipe.js';
import { email, password } from '../account.schemas.js';

const token = z.string().max(512).meta({ description: 'From the link of the mail.' });

export const RequestResetBody = bodySchema('AuthRequestPasswordResetBody', {
  email,
  redirectTo: z
    .string()
    .max(2_048)
    .optional()
    .meta({ description: 'Your page for the new password: a relative path, or an address on a trusted origin.' }),
});
export const ResetPasswordBody = bodySchema('AuthResetPasswordBody', {
  newPassword: password.meta({ description: 'The one that counts from now on.' }),
  token: token.optional(),
});
export const ResetPasswordQuery = z.object({ token: token.optional() });
export const ResetLinkQuery = z.object({
  callbackURL: z
    .string()
    .max(2_048)
    .meta({ description: 'Where the browser goes on; empty: the page of this server.' }),
});

export const RequestResetAnswer = z
  .object({ status: z.literal(true), message: z.string() })
  .meta({ id: 'AuthRequestPasswordResetAnswer' });

/** Where the sign-in leads that follows; long enough for a waiting authorization request. */
const onward = z.string().max(8_192).optional();
export const RecoverQuery = z.object({
  login_hint: z.string().max(2_048).optional(),
  continue: onward,
  done: z.literal('sent').optional(),
});
export const RecoverForm = bodySchema('AuthRecoverForm', {
  email: z.string().max(320).default(''),
  continue: onward,
});
export const NewPasswordQuery = z.object({ token: token.optional(), done: z.literal('set').optional() });
export const NewPasswordForm = bodySchema('AuthNewPasswordForm', {
  token: z.string().max(512).default(''),
  password: z.string().max(4_096).default(''),
});
