import { AuthorizationCode } from './authorize/authorization-code.entity.js';
import { AuthorizationRequest } from './authorize/authorization-request.entity.js';
import { ClientAssertion } from './clients/client-assertion.entity.js';
import { OAuthClient } from './clients/client.entity.js';
import { InitialAccessToken } from './clients/initial-access-token.entity.js';
import { Consent } from './consent/consent.entity.js';
import { ClientSession } from './logout/client-session.entity.js';
import { LogoutDelivery } from './logout/logout-delivery.entity.js';
import { OAuthProvider1700000000900 } from './migrations/1700000000900-oauth-provider.js';

/** The tables of this capability. */
export const OAUTH_PROVIDER_TABLES = {
  entities: [
    OAuthClient,
    InitialAccessToken,
    ClientAssertion,
    AuthorizationRequest,
    AuthorizationCode,
    Consent,
    ClientSession,
    LogoutDelivery,
  ],
  migrations: [OAuthProvider1700000000900],
};
