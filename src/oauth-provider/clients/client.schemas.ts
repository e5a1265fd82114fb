import { z } from 'zod';
import { isDisplayName } from '../../common/display-name.js';
import { bodySchema, wholeNumber } from '../../common/http/request/schema.pipe.js';

const MAX_INTEGER = 2_147_483_647;
const MAX_OFFSET = 1_000_000;
const texts = (example: string[]) =>
  z
    .unknown()
    .optional()
    .meta({ type: 'array', items: { type: 'string' }, example });
const text = (example: string) => z.unknown().optional().meta({ type: 'string', example });
const clientId = z.string().min(1).max(255);
const overlapSeconds = z
  .int()
  .min(0)
  .max(MAX_INTEGER)
  .optional()
  .meta({ description: 'Seconds in which the old secret stays good. Default 0: it ends now.' });

/** For the API document only: `readClientMetadata` validates, since RFC 7591 defines the errors. */
const metadata = {
  redirect_uris: texts(['https://client.example.com/callback']),
  token_endpoint_auth_method: text('client_secret_basic'),
  grant_types: texts(['authorization_code', 'refresh_token']),
  response_types: texts(['code']),
  application_type: text('web'),
  client_name: text('My App'),
  client_uri: text('https://client.example.com'),
  logo_uri: text('https://client.example.com/logo.png'),
  scope: text('openid profile email'),
  contacts: texts(['admin@example.com']),
  tos_uri: text('https://client.example.com/tos'),
  policy_uri: text('https://client.example.com/policy'),
  jwks_uri: text('https://client.example.com/jwks'),
  jwks: z.unknown().optional().meta({ type: 'object' }),
  metadata: z.unknown().optional().meta({ type: 'object' }),
  software_id: text('my-software'),
  software_version: text('1.0.0'),
  software_statement: z.unknown().optional().meta({ type: 'string' }),
  post_logout_redirect_uris: texts(['https://client.example.com/signed-out']),
};
export const ClientMetadataBody = z.looseObject(metadata).meta({ id: 'AuthClientMetadataBody' });

/** A client that every server takes. */
export const CLIENT_EXAMPLE = {
  client_name: 'My app',
  redirect_uris: ['https://client.example.com/callback'],
  grant_types: ['authorization_code', 'refresh_token'],
};

export const UpdateClientBody = bodySchema('AuthUpdateClientBody', {
  client_id: clientId,
  update: z.looseObject(metadata).meta({ description: 'What is left out stays; null takes it away.' }),
});
export const ClientIdBody = bodySchema('AuthOAuthClientIdBody', { client_id: clientId });
export const ClientOfQueryBody = bodySchema('AuthOAuthClientOfQueryBody', {
  client_id: clientId,
  oauth_query: z.string().max(16_384).meta({ description: 'The query that the page was called with.' }),
});
export const RotateClientSecretBody = bodySchema('AuthRotateClientSecretBody', { client_id: clientId, overlapSeconds });
export const ClientIdQuery = z.object({ client_id: clientId }).meta({ id: 'AuthOAuthClientIdQuery' });

const policy = z
  .object({
    requirePkce: z.boolean().nullish(),
    skipConsent: z.boolean().optional(),
    rememberConsent: z.boolean().nullish(),
    firstParty: z.boolean().optional(),
    clientCredentialsScopes: z.array(z.string().max(128)).max(100).optional(),
    resources: z.array(z.string().max(2_048)).max(100).nullish(),
    accessTokenFormat: z.enum(['opaque', 'jwt']).nullish(),
  })
  .optional()
  .meta({ description: 'What only administration says of a client.' });
export const AdminCreateClientBody = z
  .looseObject({
    ...metadata,
    policy,
    ownerId: z.string().min(1).max(255).optional().meta({ description: 'The user who may manage it.' }),
  })
  .meta({ id: 'AuthAdminCreateClientBody' });
export const AdminUpdateClientBody = z.looseObject({ ...metadata, policy }).meta({ id: 'AuthAdminUpdateClientBody' });
export const AdminRotateClientBody = bodySchema('AuthAdminRotateClientBody', { overlapSeconds });

const page = { limit: wholeNumber(500).optional(), offset: wholeNumber(MAX_OFFSET).optional() };
export const PageQuery = z.object(page).meta({ id: 'AuthOAuthPageQuery' });
export const AdminListClientsQuery = z
  .object({
    ...page,
    ownerId: z.string().min(1).max(255).optional(),
    search: z.string().min(1).max(200).optional().meta({ description: 'The id, or part of the name.' }),
  })
  .meta({ id: 'AuthAdminListClientsQuery' });
export const CreateInitialAccessTokenBody = bodySchema('AuthCreateInitialAccessTokenBody', {
  name: z.string().max(200).refine(isDisplayName, 'Give a name that can be seen').optional(),
  uses: z.int().min(1).max(MAX_INTEGER).optional().meta({ description: 'Registrations. Default: any number.' }),
  expiresIn: z.int().min(1).max(MAX_INTEGER).optional().meta({ description: 'Seconds. Default: no end.' }),
});
