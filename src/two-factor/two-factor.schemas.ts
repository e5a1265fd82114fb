import { z } from 'zod';
import { done, shownTo } from '../common/http/areas/area-forms.js';
import { bodySchema } from '../common/http/request/schema.pipe.js';

/** No caller may name the user that it acts for. */
const SERVER_ONLY = ['userId', 'user_id', 'twoFactorEnabled'];

const password = z
  .string()
  .max(4_096)
  .optional()
  .meta({ description: 'Of the account. Who has none needs a fresh session in its place.', example: 'correct horse' });
const code = z.string().max(64).meta({ description: 'Spaces and the dash do not matter.', example: '123456' });
const twoFactorToken = z
  .string()
  .max(128)
  .optional()
  .meta({ description: 'Of the answer to the first factor, for programs that keep no cookies.' });
const trustDevice = z.boolean().optional().meta({ description: 'Not to be asked again in this browser.' });
const oauthQuery = z
  .string()
  .max(16_384)
  .optional()
  .meta({ description: 'Of the page that an authorization request waits on. The answer is then `{ redirect, url }`.' });

export const PasswordBody = bodySchema('AuthTwoFactorPasswordBody', { password }, SERVER_ONLY);
export const EnableBody = bodySchema(
  'AuthTwoFactorEnableBody',
  {
    password,
    method: z.enum(['totp', 'otp']).optional().meta({ description: 'An app (`totp`, the default), or codes by mail.' }),
    issuer: z
      .string()
      .max(60)
      .regex(/^[^:]*\S[^:]*$/)
      .optional()
      .meta({ description: 'What the app shows beside the account.' }),
    twoFactorToken,
  },
  SERVER_ONLY,
);
export const VerifyCodeBody = bodySchema(
  'AuthTwoFactorCodeBody',
  { code, trustDevice, twoFactorToken, oauth_query: oauthQuery },
  SERVER_ONLY,
);
export const VerifyBackupCodeBody = bodySchema(
  'AuthTwoFactorBackupCodeBody',
  {
    code,
    trustDevice,
    twoFactorToken,
    oauth_query: oauthQuery,
    disableSession: z
      .boolean()
      .optional()
      .meta({ description: 'Only spends the code: no session starts, and the sign-in goes on waiting.' }),
  },
  SERVER_ONLY,
);
export const SendCodeBody = bodySchema('AuthTwoFactorSendBody', { twoFactorToken }, SERVER_ONLY);
export const RevokeDeviceBody = bodySchema('AuthTrustedDeviceBody', {
  id: z.string().min(1).max(64).meta({ description: 'Of a listed device.' }),
});

const user = z.looseObject({
  id: z.string(),
  name: z.string(),
  email: z.string(),
  twoFactorEnabled: z.boolean(),
});
const backupCodes = z.array(z.string()).meta({ description: 'Ten. Shown here only.', example: ['aB3dE-fG7hJ'] });
export const EnableAnswer = z
  .object({
    method: z.enum(['totp', 'otp']),
    totpURI: z
      .string()
      .optional()
      .meta({ description: 'For the app. It counts once `verify-totp` has had a code of it.' }),
    backupCodes: backupCodes.optional(),
  })
  .meta({ id: 'AuthTwoFactorEnabled' });
export const TotpUriAnswer = z.object({ totpURI: z.string() }).meta({ id: 'AuthTotpUri' });
export const BackupCodesAnswer = z.object({ status: z.literal(true), backupCodes }).meta({ id: 'AuthBackupCodes' });
export const DoneAnswer = z.object({ status: z.literal(true) }).meta({ id: 'AuthTwoFactorDone' });
export const VerifiedAnswer = z
  .looseObject({
    token: z
      .string()
      .nullish()
      .meta({ description: 'The new session token; null: the session that there was goes on, stronger.' }),
    user: user.optional(),
    backupCodesLeft: z.int().optional(),
    redirect: z.boolean().optional().meta({ description: 'With `oauth_query`.' }),
    url: z.string().optional(),
  })
  .meta({ id: 'AuthTwoFactorVerified' });
export const TrustedDevicesAnswer = z
  .array(
    z.object({
      id: z.string(),
      userAgent: z.string().nullable(),
      createdAt: z.iso.datetime(),
      lastUsedAt: z.iso.datetime(),
      expiresAt: z.iso.datetime(),
      isCurrent: z.boolean().meta({ description: 'The browser that asks.' }),
    }),
  )
  .meta({ id: 'AuthTrustedDevices' });

/** Forms report what is missing or malformed themselves, so these take any text. */
const continueTo = z.string().max(8_192).optional();
const typed = z.string().max(64).default('');
export const ChallengeQuery = z.object({ continue: continueTo, sent: z.literal('mail').optional() });
export const ChallengeForm = bodySchema('AuthTwoFactorForm', {
  continue: continueTo,
  kind: z.enum(['totp', 'otp', 'backup']).default('totp'),
  code: typed,
  trust: z.string().max(8).optional(),
});
export const ContinueForm = bodySchema('AuthTwoFactorContinueForm', { continue: continueTo });
export const EnrolForm = bodySchema('AuthTwoFactorEnrolForm', { continue: continueTo, code: typed });
const formPassword = z.string().max(4_096).default('');
export const FactorPageQuery = z.object({ done });
export const FactorForm = bodySchema('AuthFactorForm', {
  shownTo,
  password: formPassword,
  method: z.enum(['totp', 'otp']).default('totp'),
});
export const ConfirmFactorForm = bodySchema('AuthConfirmFactorForm', { shownTo, code: typed });
export const DeviceForm = bodySchema('AuthTrustedDeviceForm', { shownTo, device: z.string().min(1).max(64) });
