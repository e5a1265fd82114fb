import { z } from 'zod';
import { done, shownTo } from '../../common/http/areas/area-forms.js';
import { bodySchema } from '../../common/http/request/schema.pipe.js';

/** Long enough for a waiting authorization request. */
const address = z.string().max(8_192).optional();
const email = z.string().max(320).default('');
const password = z.string().max(4_096).default('');

/** The page itself reports what is missing or malformed, so these take any text, and a hint as long as a client may send. */
export const SignInPageQuery = z.object({ continue: address, login_hint: z.string().max(2_048).optional() });
export const SignInForm = bodySchema('AuthSignInForm', { email, password, continue: address });
export const SignUpForm = bodySchema('AuthSignUpForm', {
  name: z.string().trim().max(255).default(''),
  email,
  password,
  continue: address,
});
export const AreaPageQuery = z.object({ done });
export const ProfileForm = bodySchema('AuthProfileForm', {
  shownTo,
  name: z.string().trim().max(255).default(''),
  image: z.string().trim().max(2_048).default(''),
});
export const PasswordForm = bodySchema('AuthPasswordForm', {
  shownTo,
  currentPassword: password,
  newPassword: password,
  endOthers: z.string().max(8).optional(),
});
export const FirstPasswordForm = bodySchema('AuthFirstPasswordForm', { shownTo, newPassword: password });
export const ShownForm = bodySchema('AuthShownForm', { shownTo });
export const EmailPageQuery = z.object({ done, state: z.literal('sent').optional() });
export const ChangeEmailForm = bodySchema('AuthChangeEmailForm', { shownTo, newEmail: email });
export const EndSessionForm = bodySchema('AuthEndSessionForm', { shownTo, session: z.string().min(1).max(128) });
export const EndOthersForm = bodySchema('AuthEndOthersForm', { shownTo });
export const DeleteForm = bodySchema('AuthDeleteForm', { shownTo, password });
/** An e-mail address or an id; ids are the host's, of any form. */
const who = z.string().trim().max(320).default('');
export const UsersPageQuery = z.object({ who, after: z.string().max(2_048).default(''), done });
export const BanForm = bodySchema('AuthBanForm', {
  shownTo,
  user: z.string().min(1).max(255),
  reason: z.string().trim().max(500).default(''),
  days: z.enum(['', '1', '7', '30', '365']).default(''),
});
export const UserQuery = z.object({ user: z.string().min(1).max(255) });
export const UserForm = bodySchema('AuthUserForm', { shownTo, user: z.string().min(1).max(255) });
export const UserSessionForm = bodySchema('AuthUserSessionForm', {
  shownTo,
  user: z.string().min(1).max(255),
  session: z.string().min(1).max(128),
});
export type ProfileFields = z.infer<typeof ProfileForm>;
export type PasswordFields = z.infer<typeof PasswordForm>;
export type SignInFields = z.infer<typeof SignInForm>;
export type SignUpFields = z.infer<typeof SignUpForm>;
