import type { INestApplication } from '@nestjs/common';
import { Extensions } from '../common/extensions.js';
import { GuardServices } from '../common/guards/guard-services.js';
import { AuthRoutes } from '../common/http/routes/auth-routes.js';
import { HostPorts } from '../common/ports/port.js';
import type { AuthorizationServer } from '../common/ports/authorization-server.js';
import { ENGLISH } from '../common/texts/languages/en/index.js';
import type { HostText } from '../common/texts/host-text.js';
import type { SecurityScheme } from './security.js';

/** The scheme of a server that takes the tokens of others. @param discovery documents of its issuers */
export function issuersToken(discovery: readonly string[]): SecurityScheme {
  const named = discovery.length === 0 ? '' : `; they describe themselves at ${discovery.join(', ')}`;
  return {
    type: 'http',
    scheme: 'bearer',
    description: `An access token (RFC 6750) of an issuer that this server trusts${named}.`,
  };
}

/**
 * The OAuth scheme of this application's authorization server, or of the first issuer of a resource server; undefined without one. Swagger UI
 * adds PKCE to the flow.
 */
export function oauth2Scheme(app: INestApplication): SecurityScheme | undefined {
  const { authorizationServer } = app.get(HostPorts);
  if (!authorizationServer.filled) {
    const openIdConnectUrl = app.get(GuardServices).discovery?.[0];
    return openIdConnectUrl === undefined ? undefined : { type: 'openIdConnect', openIdConnectUrl };
  }
  const routes = app.get(AuthRoutes);
  const tokenUrl = routes.urlOf('/oauth2/token', 'POST');
  const server = authorizationServer.get();
  const scopes = Object.fromEntries([...server.scopes].map((scope) => [scope, scopeText(scope, server)]));
  const isOffered = app.get(Extensions).grants.some(({ grantType }) => grantType === 'client_credentials');
  return {
    type: 'oauth2',
    description:
      'A token for an OAuth client: it signs you in and asks for your consent (authorization code with PKCE), or is for the client itself (client credentials).',
    flows: {
      authorizationCode: {
        authorizationUrl: routes.urlOf('/oauth2/authorize'),
        tokenUrl,
        refreshUrl: tokenUrl,
        scopes,
      },
      ...(isOffered && { clientCredentials: { tokenUrl, scopes } }),
    },
  };
}

/** The host's words, or those of the consent page for OpenID's scopes, in English. */
function scopeText(scope: string, { scopeTexts }: AuthorizationServer): string {
  const own = scopeTexts.get(scope);
  if (own)
    return [own.title, own.description]
      .filter((one) => one !== undefined)
      .map(inEnglish)
      .join('. ');
  const known: unknown = (ENGLISH as Readonly<Record<string, unknown>>)[`scope.${scope}`];
  return typeof known === 'string' ? known : '';
}

function inEnglish(text: HostText): string {
  return typeof text === 'string' ? text : text.en;
}
