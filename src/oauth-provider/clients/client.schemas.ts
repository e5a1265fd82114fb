import { z } from 'zod';
import { isDisplayName } from '../../common/display-name.js';
import { bodySchema, wholeNumber } from '../../common/http/request/schema.pipe.js';

const MAX_INTEGER = 2_147_483_647;
const MAX_OFFSET = 1_000_000;
const texts = (description: string, example: string[]) =>
  z
    .unknown()
    .optional()
    .meta({ type: 'array', items: { type: 'string' }, description, example });
const text = (description: string, example: string) =>
  z.unknown().optional().meta({ type: 'string', description, example });
const clientId = z.string().min(1).max(255).meta({ description: 'The `client_id` of the client.' });
const overlapSeconds = z
  .int()
  .min(0)
  .max(MAX_INTEGER)
  .optional()
  .meta({ description: 'Seconds in which the old secret stays good. Default 0: it ends now.' });

/** For the API document only: `readClientMetadata` validates, since RFC 7591 defines the errors. */
const metadata = {
  redirect_uris: texts('Where users may be sent back to; matched exactly.', ['https://client.example.com/callback']),
  token_endpoint_auth_method: text(
    'How it proves itself at the token endpoint; `none` for a public client.',
    'client_secret_basic',
  ),
  grant_types: texts('Default: `authorization_code`.', ['authorization_code', 'refresh_token']),
  response_types: texts('`code`, the only one.', ['code']),
  application_type: text('`web` or `native`; decides which redirect addresses are good.', 'web'),
  client_name: text('What users read on the consent page.', 'My App'),
  client_uri: text('Its home page.', 'https://client.example.com'),
  logo_uri: text('Its picture.', 'https://client.example.com/logo.png'),
  scope: text('What it may ask for, space-separated.', 'openid profile email'),
  contacts: texts('E-mail addresses of people who are responsible.', ['admin@example.com']),
  tos_uri: text('Its terms of service.', 'https://client.example.com/tos'),
  policy_uri: text('Its privacy policy.', 'https://client.example.com/policy'),
  jwks_uri: text('The address of its public keys.', 'https://client.example.com/jwks'),
  jwks: z
    .unknown()
    .optional()
    .meta({
      type: ['object', 'string'],
      description: 'Its public keys, instead of `jwks_uri`; an object, or its JSON.',
    }),
  metadata: z
    .unknown()
    .optional()
    .meta({ type: ['object', 'string'], description: 'What the host keeps with it; an object, or its JSON.' }),
  software_id: text('The same for all installations of a software.', 'my-software'),
  software_version: text('The version of that software.', '1.0.0'),
  software_statement: z
    .unknown()
    .optional()
    .meta({ type: 'string', description: 'Not taken: refused where it is sent.' }),
  post_logout_redirect_uris: texts('Where users may be sent after a logout.', [
    'https://client.example.com/signed-out',
  ]),
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

const page = {
  limit: wholeNumber(500).optional().meta({ description: 'Entries of a page. Default 100.' }),
  offset: wholeNumber(MAX_OFFSET).optional().meta({ description: 'Entries to pass over. Default 0.' }),
};
export const PageQuery = z.object(page).meta({ id: 'AuthOAuthPageQuery' });
export const AdminListClientsQuery = z
  .object({
    ...page,
    ownerId: z.string().min(1).max(255).optional().meta({ description: 'Only those of this user.' }),
    search: z.string().min(1).max(200).optional().meta({ description: 'The id, or part of the name.' }),
  })
  .meta({ id: 'AuthAdminListClientsQuery' });
export const CreateInitialAccessTokenBody = bodySchema('AuthCreateInitialAccessTokenBody', {
  name: z
    .string()
    .max(200)
    .refine(isDisplayName, 'Give a name that can be seen')
    .optional()
    .meta({ description: 'For people, to tell tokens apart.' }),
  uses: z.int().min(1).max(MAX_INTEGER).optional().meta({ description: 'Registrations. Default: any number.' }),
  expiresIn: z.int().min(1).max(MAX_INTEGER).optional().meta({ description: 'Seconds. Default: no end.' }),
});
