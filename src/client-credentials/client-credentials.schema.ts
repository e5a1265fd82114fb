import { ClientCredentials1700000000700 } from './migrations/1700000000700-client-credentials.js';
import { OnBehalfOf1700000000710 } from './migrations/1700000000710-on-behalf-of.js';
import { AuthClientCredential } from './outbound/client-credential.entity.js';

/** The tables of this capability. */
export const CLIENT_CREDENTIALS_TABLES = {
  entities: [AuthClientCredential],
  migrations: [ClientCredentials1700000000700, OnBehalfOf1700000000710],
};
