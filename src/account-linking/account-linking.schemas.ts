import { z } from 'zod';
import { done, shownTo } from '../common/http/areas/area-forms.js';
import { bodySchema } from '../common/http/request/schema.pipe.js';
import { isScopeToken } from '../common/principal/scopes.js';
import { RESERVED_PARAMETERS } from './providers/provider.settings.js';

/** A request never names the user it acts for. */
const SERVER_ONLY = ['userId'];

const providerName = z
  .string()
  .min(1)
  .max(64)
  .meta({ description: 'The name of the provider in the options.', example: 'google' });
const address = z.string().max(2_048).meta({ description: 'Relative path or address on a trusted origin.' });
const scopes = z
  .array(z.string().max(256).refine(isScopeToken, 'Not a scope'))
  .max(50)
  .optional()
  .meta({ description: 'Scopes to ask for besides those of the provider.' });
const additionalParams = z
  .record(z.string().min(1).max(64), z.string().max(1_024))
  .refine((map) => Object.keys(map).length <= 20, 'Too many parameters')
  .refine((map) => !Object.keys(map).some((name) => RESERVED_PARAMETERS.has(name)), 'A reserved parameter')
  .optional()
  .meta({ description: 'Further parameters of the authorization request.' });
const appleName = z.string().max(255).nullish();
const idToken = z
  .object({
    token: z.string().min(1).max(16_384),
    nonce: z.string().max(512).nullish().meta({ description: 'What the app had sent; the token has to hold it.' }),
    accessToken: z.string().max(16_384).nullish(),
    refreshToken: z.string().max(16_384).nullish(),
    user: z
      .object({ name: z.object({ firstName: appleName, lastName: appleName }).nullish() })
      .nullish()
      .meta({ description: 'The name that Apple tells the app at the first sign-in; the token does not hold it.' }),
  })
  .optional()
  .meta({ description: 'An ID token that an app got by itself; nobody is redirected then.' });
const common = {
  callbackURL: address.optional(),
  errorCallbackURL: address.optional(),
  disableRedirect: z
    .boolean()
    .optional()
    .meta({ description: 'True: the caller redirects; `redirect` of the answer is false.' }),
  scopes,
  loginHint: z.string().max(320).optional().meta({ description: 'The e-mail address to offer at the provider.' }),
  additionalParams,
};
const oauthQuery = z
  .string()
  .max(16_384)
  .optional()
  .meta({ description: 'Of the page that an authorization request waits on; it goes on after the sign-in.' });
const signUp = {
  newUserCallbackURL: address.optional().meta({ description: 'Where somebody goes who became a user just now.' }),
  requestSignUp: z.boolean().optional().meta({
    description: 'True: somebody new may become a user, where the provider is set up to sign nobody up by itself.',
  }),
  oauth_query: oauthQuery,
};

export const SocialSignInBody = bodySchema(
  'AuthSocialSignInBody',
  { provider: providerName, ...common, ...signUp, idToken },
  SERVER_ONLY,
);
export const OAuth2SignInBody = bodySchema(
  'AuthOAuth2SignInBody',
  { providerId: providerName, ...common, ...signUp },
  SERVER_ONLY,
);
export const LinkSocialBody = bodySchema(
  'AuthLinkSocialBody',
  { provider: providerName, ...common, idToken },
  SERVER_ONLY,
);
export const OAuth2LinkBody = bodySchema(
  'AuthOAuth2LinkBody',
  { providerId: providerName, ...common, callbackURL: address },
  SERVER_ONLY,
);

/** What a button of the sign-in page sends. */
export const ProviderButtonForm = bodySchema('AuthProviderButtonForm', {
  provider: providerName,
  continue: z.string().max(8_192),
});

/** What the buttons of the account's pages send. */
export const LinkButtonForm = bodySchema('AuthLinkButtonForm', { shownTo, provider: providerName });
export const LinkedAccountForm = bodySchema('AuthLinkedAccountForm', { shownTo, account: z.string().min(1).max(128) });
export const LinkedAccountsPageQuery = z.object({ done });

const account = {
  accountId: z
    .string()
    .min(1)
    .max(512)
    .optional()
    .meta({ description: 'Id of a listed account; beside `providerId` the id at the provider.' }),
  providerId: providerName.optional(),
};
export const AccountBody = bodySchema('AuthAccountBody', account, SERVER_ONLY);
export const AccountQuery = bodySchema('AuthAccountQuery', account, SERVER_ONLY);

const parameter = (description: string) => z.string().max(8_192).optional().meta({ description });
export const CallbackQuery = bodySchema('AuthCallbackQuery', {
  code: parameter('The code of the provider (RFC 6749 4.1.2).'),
  state: parameter('The state that we sent.'),
  error: parameter('Why there is no code.'),
  error_description: parameter('The same for people.'),
  iss: parameter('Which provider answers (RFC 9207).'),
  user: parameter('The name of the user, by Apple, as JSON.'),
  device_id: parameter('Sent by some providers; without effect.'),
});

export const ProviderRedirectAnswer = z
  .object({
    url: z.string().meta({ description: 'Where to send the browser.' }),
    redirect: z.boolean().meta({ description: 'False when the caller asked for it, and with an ID token.' }),
    status: z.boolean().optional().meta({ description: 'True: the account is linked; after an ID token only.' }),
    token: z.string().optional().meta({ description: 'The session token; after an ID token only.' }),
    user: z.looseObject({ id: z.string() }).optional(),
  })
  .partial({ url: true })
  .meta({ id: 'AuthProviderRedirect' });
export const LinkedAccountsAnswer = z
  .array(
    z.object({
      id: z.string(),
      providerId: z.string(),
      accountId: z.string().meta({ description: 'The id of the user at the provider.' }),
      userId: z.string(),
      createdAt: z.iso.datetime(),
      updatedAt: z.iso.datetime(),
      scopes: z.array(z.string()),
    }),
  )
  .meta({ id: 'AuthLinkedAccounts' });
export const UnlinkedAnswer = z.object({ status: z.boolean() }).meta({ id: 'AuthUnlinkedAnswer' });
export const AccessTokenAnswer = z
  .object({
    accessToken: z.string().meta({ description: 'For the API of the provider.' }),
    accessTokenExpiresAt: z.iso.datetime().optional().meta({ description: 'Absent where the provider does not say.' }),
    scopes: z.array(z.string()),
    idToken: z.string().optional(),
  })
  .meta({ id: 'AuthProviderAccessToken' });
export const RefreshedTokensAnswer = z
  .object({
    accessToken: z.string().nullable(),
    refreshToken: z.string().nullable(),
    accessTokenExpiresAt: z.iso.datetime().nullable(),
    refreshTokenExpiresAt: z.iso.datetime().nullable(),
    scope: z.string(),
    idToken: z.string().nullable(),
    providerId: z.string(),
    accountId: z.string(),
  })
  .meta({ id: 'AuthRefreshedProviderTokens' });
export const AccountInfoAnswer = z
  .object({
    user: z.looseObject({ id: z.string(), email: z.string().nullable(), emailVerified: z.boolean() }),
    data: z.looseObject({}).meta({ description: 'What the provider answered, as it is.' }),
    account: z.object({ id: z.string(), providerId: z.string(), accountId: z.string() }),
  })
  .meta({ id: 'AuthProviderAccountInfo' });
