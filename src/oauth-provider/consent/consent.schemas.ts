import { z } from 'zod';
import { done, shownTo } from '../../common/http/areas/area-forms.js';
import { bodySchema } from '../../common/http/request/schema.pipe.js';
import type { ActingAgent } from '../../common/ports/acting-agent.js';
import { parseScope } from '../../common/principal/scopes.js';
import type { ConsentRow } from './consent.store.js';

export const RequestQuery = z.object({ request: z.string().max(256) });

const scope = z
  .string()
  .max(4_096)
  .transform((text, context) => {
    const scopes = parseScope(text);
    if (scopes) return scopes;
    context.addIssue({ code: 'custom', message: 'Not a scope' });
    return z.NEVER;
  });

export const ConsentBody = bodySchema('AuthConsentBody', {
  accept: z
    .union([z.boolean(), z.enum(['true', 'false']).transform((text) => text === 'true')])
    .meta({ description: 'False: the client is told `access_denied`.' }),
  consent_code: z.string().max(256).optional().meta({ description: 'The parameter of the consent page.' }),
  oauth_query: z.string().max(16_384).optional().meta({ description: 'The query that the page was called with.' }),
  scope: scope
    .optional()
    .meta({ description: 'Space-separated; those granted among the ones asked for. Default: all.' }),
});

const names = z.array(z.string());

export const ApplicationsAnswer = z
  .object({
    applications: z.array(
      z.object({
        clientId: z.string(),
        name: z.string().nullable(),
        icon: z.string().nullable(),
        uri: z.string().nullable(),
        isAgent: z
          .boolean()
          .meta({ description: 'It acts for the user without asking each time, says whoever runs this server.' }),
        scopes: names,
        resources: names.meta({ description: 'APIs that it may get tokens for (RFC 8707).' }),
        claims: names.meta({ description: 'Single claims that it may read (OIDC Core 5.5).' }),
        services: z
          .object({ clientId: z.string(), name: z.string().nullable(), lastAt: z.iso.datetime() })
          .array()
          .meta({ description: 'Clients that act for the user through it (RFC 8693); their tokens end with its own.' }),
        createdAt: z.iso.datetime(),
        updatedAt: z.iso.datetime(),
      }),
    ),
    agents: z
      .object({
        agentId: z.string().meta({ description: 'As `act` of its calls names it.' }),
        name: z.string(),
        keyId: z.string().meta({ description: 'The API key by which it acts; it ends with the key.' }),
        scopes: names,
        createdAt: z.iso.datetime(),
        lastUsedAt: z.iso.datetime().nullable(),
        expiresAt: z.iso.datetime().nullable(),
      })
      .array()
      .meta({ description: 'Agents that act by an API key of the user.' }),
  })
  .meta({ id: 'AuthConnectedApplications' });
export function toAgentView({ credentialId, page: _page, ...agent }: ActingAgent) {
  return { ...agent, keyId: credentialId };
}
export const WithdrawnAnswer = z
  .object({
    success: z.boolean(),
    withdrawn: z.boolean().meta({ description: 'False: there was nothing to withdraw.' }),
  })
  .meta({ id: 'AuthWithdrawnAnswer' });

/** The pages of the account. */
export const ApplicationsPageQuery = z.object({ done });
export const ApplicationForm = bodySchema('AuthApplicationForm', { shownTo, client: z.string().min(1).max(255) });

const id = z.string().min(1).max(64).meta({ description: 'The id of the consent.' });
export const ConsentIdQuery = bodySchema('AuthConsentIdQuery', { id });
export const ConsentIdBody = bodySchema('AuthConsentIdBody', { id });
export const UpdateConsentBody = bodySchema('AuthUpdateConsentBody', {
  id,
  update: z
    .object({ scopes: z.array(z.string().max(256)).max(100) })
    .meta({ description: 'The scopes that stay; all of them must be granted already.' }),
});

/** A consent on better-auth's wire. */
export const ConsentViewAnswer = z
  .object({
    id: z.string(),
    clientId: z.string(),
    userId: z.string(),
    scopes: names,
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
  })
  .meta({ id: 'AuthConsent' });
export const ConsentViewsAnswer = z.array(ConsentViewAnswer).meta({ id: 'AuthConsents' });

export function toConsentView(row: ConsentRow) {
  const {
    id: consentId,
    client_id: clientId,
    subject: userId,
    scopes,
    created_at: createdAt,
    updated_at: updatedAt,
  } = row;
  return { id: consentId, clientId, userId, scopes, createdAt, updatedAt };
}
