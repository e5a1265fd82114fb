import { z } from 'zod';
import { bodySchema } from '../../common/http/request/schema.pipe.js';
import { email, image, name, oauthQuery, password, UserView } from '../account.schemas.js';
import { CODE_TYPES } from '../mails/code-purpose.js';

const type = z.enum(CODE_TYPES).meta({ description: 'What the code is for.' });
const otp = z.string().max(64).meta({ description: 'The code of the mail.', example: '123456' });
/** Long enough for a waiting authorization request. */
const address = z.string().max(8_192).optional();

export const SendCodeBody = bodySchema('AuthSendCodeBody', { email, type });
export const SignInCodeBody = bodySchema('AuthSignInCodeBody', {
  email,
  otp,
  name: name.optional().meta({ description: 'Of a new user.' }),
  image: image.nullish(),
  oauth_query: oauthQuery,
});
export const VerifyCodeBody = bodySchema('AuthVerifyCodeBody', { email, otp });
export const CheckCodeBody = bodySchema('AuthCheckCodeBody', { email, type, otp });
export const RequestResetCodeBody = bodySchema('AuthRequestResetCodeBody', { email });
export const ResetByCodeBody = bodySchema('AuthResetByCodeBody', {
  email,
  otp,
  password: password.meta({ description: 'The one that counts from now on.' }),
});
const newEmail = email.meta({ description: 'The address to be.', example: 'ada@example.org' });
export const RequestEmailChangeBody = bodySchema('AuthRequestEmailChangeBody', {
  newEmail,
  otp: otp.optional().meta({ description: 'Of `email-verification`, from the present address, if that is verified.' }),
});
export const ChangeEmailByCodeBody = bodySchema('AuthChangeEmailByCodeBody', { newEmail, otp });

export const SuccessAnswer = z.object({ success: z.literal(true) }).meta({ id: 'AuthCodeSuccessAnswer' });
export const CodeSignInAnswer = z
  .looseObject({
    token: z.string().optional().meta({ description: 'The session token.' }),
    user: UserView.optional(),
    redirect: z.boolean().optional(),
    url: z.string().optional().meta({ description: 'Where an authorization request goes on that has waited.' }),
  })
  .meta({ id: 'AuthCodeSignInAnswer' });
export const CodeVerifiedAnswer = z
  .looseObject({ status: z.literal(true), token: z.string().nullable(), user: UserView })
  .meta({ id: 'AuthCodeVerifiedAnswer' });

export const CodePageQuery = z.object({
  continue: address,
  login_hint: z.string().max(2_048).optional(),
  sent: z.literal('yes').optional(),
});
export const CodePageForm = bodySchema('AuthCodePageForm', {
  email: z.string().max(320).default(''),
  continue: address,
});
export const EnterCodeForm = bodySchema('AuthEnterCodeForm', {
  email: z.string().max(320).default(''),
  otp: z.string().max(64).default(''),
  continue: address,
});
