import { z } from 'zod';
import { isDisplayName } from '../../common/display-name.js';
import { metadataMembers } from './client-metadata.schema.js';
import { bodySchema, wholeNumber } from '../../common/http/request/schema.pipe.js';
import { FEDERATED_IDENTITIES } from './metadata/federated-identities.js';
import { FAPI_PROFILES } from './metadata/client-rules.js';

const MAX_INTEGER = 2_147_483_647;
const MAX_OFFSET = 1_000_000;
const clientId = z.string().min(1).max(255).meta({ description: 'The `client_id` of the client.' });
const overlapSeconds = z
  .int()
  .min(0)
  .max(MAX_INTEGER)
  .optional()
  .meta({ description: 'Seconds in which the old secret stays good. Default 0: it ends now.' });

export const ClientMetadataBody = z.looseObject(metadataMembers).meta({ id: 'AuthClientMetadataBody' });

/** A client that every server takes. */
export const CLIENT_EXAMPLE = {
  client_name: 'My app',
  redirect_uris: ['https://client.example.com/callback'],
  grant_types: ['authorization_code', 'refresh_token'],
};

export const UpdateClientBody = bodySchema('AuthUpdateClientBody', {
  client_id: clientId,
  update: z.looseObject(metadataMembers).meta({ description: 'What is left out stays; null takes it away.' }),
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
    agent: z.boolean().optional(),
    clientCredentialsScopes: z.array(z.string().max(128)).max(100).optional(),
    resources: z.array(z.string().max(2_048)).max(100).nullish(),
    accessTokenFormat: z.enum(['opaque', 'jwt']).nullish(),
    profile: z.enum(FAPI_PROFILES).nullish(),
    clientAssertionAudience: z.enum(['any', 'issuer']).nullish(),
    federatedIdentities: FEDERATED_IDENTITIES.optional(),
  })
  .optional()
  .meta({ description: 'What only administration says of a client.' });
export const AdminCreateClientBody = z
  .looseObject({
    ...metadataMembers,
    policy,
    ownerId: z.string().min(1).max(255).optional().meta({ description: 'The user who may manage it.' }),
  })
  .meta({ id: 'AuthAdminCreateClientBody' });
export const AdminUpdateClientBody = z
  .looseObject({ ...metadataMembers, policy })
  .meta({ id: 'AuthAdminUpdateClientBody' });
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
