import { z } from 'zod';
import { FEDERATED_IDENTITIES } from './metadata/federated-identities.js';

const text = z.string();
const date = z.iso.datetime();
/** RFC 7591 3.2.1, better-auth's older names for the same, and every registered member. */
export const ClientInformationAnswer = z
  .looseObject({
    client_id: text,
    client_id_issued_at: z.int().meta({ description: 'Seconds since 1970.' }),
    client_secret: text.optional().meta({ description: 'Shown once, when it is made.' }),
    client_secret_expires_at: z.int().optional().meta({ description: 'Seconds since 1970; 0: never.' }),
    registration_access_token: text.optional().meta({ description: 'For `registration_client_uri`; shown once.' }),
    registration_client_uri: text.optional().meta({ description: 'Where the client reads and changes itself.' }),
    redirect_uris: text.array(),
    token_endpoint_auth_method: text,
    grant_types: text.array(),
    response_types: text.array(),
    scope: text,
    clientId: text.meta({ description: 'The same as `client_id`, for older clients of better-auth.' }),
    clientSecret: text.optional().meta({ description: 'The same as `client_secret`.' }),
    redirectURLs: text.array().meta({ description: 'The same as `redirect_uris`.' }),
    name: text.meta({ description: 'The same as `client_name`, or the id where there is none.' }),
    icon: text.optional().meta({ description: 'The same as `logo_uri`.' }),
    user_id: text.optional().meta({ description: 'The user who manages it.' }),
    require_pkce: z.boolean().meta({ description: 'True: refused without a `code_challenge`.' }),
    skip_consent: z.boolean().meta({ description: 'True: users are not asked.' }),
    enable_end_session: z.literal(true).meta({ description: 'Every client may begin a logout.' }),
    application_type: z.enum(['web', 'native']),
    authenticationScheme: text.meta({ description: 'The same as `token_endpoint_auth_method`.' }),
    disabled: z.boolean().meta({ description: 'True: stopped by administration.' }),
    userId: text.nullable().meta({ description: 'The user who manages it; null: nobody.' }),
    createdAt: date,
    updatedAt: date,
  })
  .meta({ id: 'AuthOAuthClientInformation' });
export const ClientListAnswer = ClientInformationAnswer.array();
export const PublicClientAnswer = z
  .object({
    client_id: text,
    client_name: text.optional(),
    client_uri: text.optional(),
    logo_uri: text.optional(),
    contacts: text.array().optional(),
    tos_uri: text.optional(),
    policy_uri: text.optional(),
    redirect_uris: text.array(),
  })
  .meta({ id: 'AuthPublicOAuthClient' });
export const ClientCardAnswer = z
  .object({ clientId: text, name: text, icon: text.nullable() })
  .meta({ id: 'AuthOAuthClientCard' });

export const ClientViewAnswer = z
  .looseObject({
    ...ClientInformationAnswer.shape,
    registeredBy: text.meta({ description: 'Who made it.' }),
    client_credentials_scopes: text.array(),
    policy: z.object({
      requirePkce: z.boolean().nullable(),
      skipConsent: z.boolean(),
      rememberConsent: z.boolean().nullable(),
      firstParty: z.boolean(),
      agent: z.boolean(),
      clientCredentialsScopes: text.array(),
      resources: text.array().nullable(),
      accessTokenFormat: z.enum(['opaque', 'jwt']).nullable(),
      federatedIdentities: FEDERATED_IDENTITIES,
    }),
  })
  .meta({ id: 'AuthAdminOAuthClient' });
export const ClientPageAnswer = z
  .object({ clients: ClientViewAnswer.array(), total: z.int().meta({ description: 'Of all pages.' }) })
  .meta({ id: 'AuthAdminOAuthClientPage' });

const initialAccessToken = {
  id: text,
  name: text.nullable(),
  remainingUses: z.int().nullable().meta({ description: 'Registrations left; null: any number.' }),
  expiresAt: date.nullable().meta({ description: 'Null: no end.' }),
  createdAt: date,
};
export const InitialAccessTokenPageAnswer = z
  .object({ tokens: z.object(initialAccessToken).array(), total: z.int() })
  .meta({ id: 'AuthInitialAccessTokenPage' });
export const NewInitialAccessTokenAnswer = z
  .object({ ...initialAccessToken, token: text.meta({ description: 'Shown here only.' }) })
  .meta({ id: 'AuthNewInitialAccessToken' });
export const ClientDoneAnswer = z.object({ success: z.boolean() }).meta({ id: 'AuthOAuthClientSuccess' });
