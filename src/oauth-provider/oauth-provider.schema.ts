import { AuthAuthorizationCode } from './codes/authorization-code.entity.js';
import { AuthAuthorizationRequest } from './authorize/authorization-request.entity.js';
import { AuthClientAssertion } from './clients/authentication/client-assertion.entity.js';
import { AuthClientDocument } from './clients/documents/client-document.entity.js';
import { AuthOAuthClient } from './clients/client.entity.js';
import { AuthInitialAccessToken } from './registration/initial-access-token.entity.js';
import { AuthConsent } from './consent/consent.entity.js';
import { AuthClientSession } from './logout/client-session.entity.js';
import { AuthLogoutDelivery } from './logout/logout-delivery.entity.js';
import { OAuthProvider1700000000900 } from './migrations/1700000000900-oauth-provider.js';
import { OAuthGrowth1700000000910 } from './migrations/1700000000910-oauth-growth.js';
import { CodeRoles1700000000920 } from './migrations/1700000000920-code-roles.js';
import { CodeDetails1700000000950 } from './migrations/1700000000950-authorization-details.js';
import { PushedRequests1700000000930 } from './migrations/1700000000930-pushed-requests.js';
import { ClientDocuments1700000000940 } from './migrations/1700000000940-client-documents.js';

/** The tables of this capability. */
export const OAUTH_PROVIDER_TABLES = {
  entities: [
    AuthOAuthClient,
    AuthClientDocument,
    AuthInitialAccessToken,
    AuthClientAssertion,
    AuthAuthorizationRequest,
    AuthAuthorizationCode,
    AuthConsent,
    AuthClientSession,
    AuthLogoutDelivery,
  ],
  migrations: [
    OAuthProvider1700000000900,
    OAuthGrowth1700000000910,
    CodeRoles1700000000920,
    PushedRequests1700000000930,
    ClientDocuments1700000000940,
    CodeDetails1700000000950,
  ],
};
