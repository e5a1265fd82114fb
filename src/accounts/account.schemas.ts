import { z } from 'zod';
import { bodySchema } from '../common/http/request/schema.pipe.js';
import { isShowable, UNSEEN } from './users/user-name.js';

const SERVER_ONLY = ['id', 'userId', 'role', 'emailVerified', 'createdAt', 'updatedAt', 'disabledAt', 'banned'];

export const email = z.string().max(320).meta({ description: 'Case does not matter.', example: 'ada@example.com' });
export const password = z
  .string()
  .max(4_096)
  .meta({ description: 'In plain text, over TLS.', example: 'correct horse battery staple' });
export const name = z
  .string()
  .trim()
  .max(255)
  .refine(isShowable, UNSEEN)
  .meta({ description: 'What other people see.', example: 'Ada Lovelace' });
export const image = z
  .url({ protocol: /^https?$/ })
  .max(2_048)
  .meta({ description: 'The address of a picture.' });
export const callbackURL = z
  .string()
  .max(2_048)
  .optional()
  .meta({ description: 'Relative path or address on a trusted origin.' });
export const oauthQuery = z
  .string()
  .max(16_384)
  .optional()
  .meta({ description: 'Of the page that an authorization request waits on. The answer is then `{ redirect, url }`.' });
const rememberMe = z
  .boolean()
  .optional()
  .meta({ description: 'False: the session ends with the browser, after a day at most. Default true.' });

export const SignUpBody = bodySchema(
  'AuthSignUpBody',
  { name, email, password, image: image.nullish(), callbackURL, rememberMe, oauth_query: oauthQuery },
  SERVER_ONLY,
);
export const SignInBody = bodySchema(
  'AuthSignInBody',
  { email, password, callbackURL, rememberMe, oauth_query: oauthQuery },
  SERVER_ONLY,
);
export const RevokeSessionBody = bodySchema('AuthRevokeSessionBody', {
  token: z.string().min(1).max(512).meta({ description: 'The `token` of a listed session, or a session token.' }),
});
const oneTimeTokenWish = {
  audience: z.string().max(512).optional().meta({
    description: 'A trusted origin, whose pages alone may redeem the token.',
    example: 'https://app.example.com',
  }),
};
export const OneTimeTokenWish = z.object(oneTimeTokenWish);
export const OneTimeTokenWishBody = bodySchema('AuthOneTimeTokenWish', oneTimeTokenWish);
export const OneTimeTokenBody = bodySchema('AuthOneTimeTokenBody', {
  token: z
    .string()
    .max(512)
    .meta({ description: 'From `/one-time-token/generate`, or the parameter `ott` of a callback address.' }),
});
export const UpdateUserBody = bodySchema(
  'AuthUpdateUserBody',
  {
    name: name.optional(),
    image: image.nullish(),
    email: z.string().optional().meta({ description: 'Refused: it cannot be changed here.' }),
  },
  SERVER_ONLY,
);
export const ChangePasswordBody = bodySchema(
  'AuthChangePasswordBody',
  {
    currentPassword: password.meta({ description: 'The present one.' }),
    newPassword: password.meta({ description: 'The one that counts from now on.' }),
    revokeOtherSessions: z
      .boolean()
      .optional()
      .meta({ description: 'Ends every other session; this one goes on under a new token.' }),
  },
  SERVER_ONLY,
);
export const DeleteUserBody = bodySchema(
  'AuthDeleteUserBody',
  {
    password: password.optional().meta({ description: 'Needed unless the session is fresh.' }),
    token: z.string().max(512).optional().meta({ description: 'From the link of the mail, where one is sent.' }),
    callbackURL,
  },
  SERVER_ONLY,
);
export const SetPasswordBody = bodySchema(
  'AuthSetPasswordBody',
  { newPassword: password.meta({ description: 'The one that counts from now on.' }) },
  SERVER_ONLY,
);
export const VerifyPasswordBody = bodySchema(
  'AuthVerifyPasswordBody',
  { password: password.meta({ description: 'The present one.' }) },
  SERVER_ONLY,
);
export const DeleteUserQuery = z.object({
  token: z.string().max(512).meta({ description: 'From the link of the mail.' }),
  callbackURL,
});

const USER_EXAMPLE = {
  id: '01980c5e-7b1a-7c3e-9f00-5d0c2a1b4e6f',
  name: 'Ada Lovelace',
  email: 'ada@example.com',
  emailVerified: true,
  image: null,
  createdAt: '2026-01-31T09:30:00.000Z',
  updatedAt: '2026-01-31T09:30:00.000Z',
};
const SESSION_EXAMPLE = {
  id: '01980c5f-11d2-7a40-8c55-0f6b7e2d9a13',
  token: '01980c5f-11d2-7a40-8c55-0f6b7e2d9a13',
  userId: USER_EXAMPLE.id,
  expiresAt: '2026-02-07T09:30:00.000Z',
  createdAt: '2026-01-31T09:30:00.000Z',
  updatedAt: '2026-01-31T09:30:00.000Z',
  ipAddress: '203.0.113.7',
  userAgent: 'Mozilla/5.0',
};

export const UserView = z
  .looseObject({
    id: z.string(),
    name: z.string(),
    email: z.string(),
    emailVerified: z.boolean(),
    image: z.string().nullish(),
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
  })
  .meta({ id: 'AuthUser', example: USER_EXAMPLE });
export const SessionSchema = z
  .looseObject({
    id: z.string(),
    token: z.string().meta({ description: 'Handle for /revoke-session; authenticates nothing.' }),
    userId: z.string(),
    expiresAt: z.iso.datetime(),
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
    ipAddress: z.string().nullable().meta({ description: 'Of the sign-in.' }),
    userAgent: z.string().nullable().meta({ description: 'Of the sign-in.' }),
  })
  .meta({ id: 'AuthSession', example: SESSION_EXAMPLE });
const tokens = {
  accessToken: z.string().optional().meta({ description: 'With `bearer.refreshToken` enabled.' }),
  accessTokenExpiresAt: z.iso.datetime().optional(),
  refreshToken: z.string().optional(),
  refreshTokenExpiresAt: z.iso.datetime().optional(),
  tokenType: z.literal('Bearer').optional(),
  expiresIn: z.int().optional().meta({ description: 'Seconds until the access token expires.' }),
};
const startedSession = SessionSchema.extend({
  token: z.string().meta({ description: 'The session token; shown here only.' }),
}).meta({ id: 'AuthStartedSession', example: { ...SESSION_EXAMPLE, id: 'nas_…', token: 'nas_…' } });
export const SignInAnswer = z
  .object({
    redirect: z.boolean().meta({ description: 'True: send the browser to `url`.' }),
    url: z.string().optional(),
    token: z.string().meta({ description: 'The session token: send it as `Authorization: Bearer`.' }),
    user: UserView,
    session: startedSession,
    ...tokens,
  })
  .meta({ id: 'AuthSignInAnswer' });
export const SignUpAnswer = z
  .object({
    token: z.string().nullable().meta({ description: 'The session token; null: the user has to sign in.' }),
    user: UserView,
    session: startedSession.optional(),
    ...tokens,
  })
  .meta({ id: 'AuthSignUpAnswer' });
export const StartedSessionAnswer = z
  .object({ token: z.string(), user: UserView, session: startedSession, ...tokens })
  .meta({ id: 'AuthStartedSessionAnswer' });
export const OneTimeTokenAnswer = z
  .object({ token: z.string().meta({ description: 'For `/one-time-token/verify`.' }) })
  .meta({ id: 'AuthOneTimeTokenAnswer' });
export const CurrentSessionAnswer = z
  .object({ session: SessionSchema, user: UserView })
  .nullable()
  .meta({ id: 'AuthCurrentSession' });
export const StatusAnswer = z.object({ status: z.boolean() }).meta({ id: 'AuthStatusAnswer' });
export const SignOutAnswer = z.object({ success: z.boolean() }).meta({ id: 'AuthSignOutAnswer' });
export const ChangePasswordAnswer = z
  .object({
    token: z.string().nullable().meta({ description: 'The new session token; null where other sessions stay.' }),
    user: UserView,
  })
  .meta({ id: 'AuthChangePasswordAnswer' });
export const DeleteUserAnswer = z
  .object({ success: z.boolean(), message: z.string() })
  .meta({ id: 'AuthDeleteUserAnswer' });
