import { Sessions1700000000200 } from './migrations/1700000000200-sessions.js';
import { SessionGrowth1700000000250 } from './migrations/1700000000250-session-growth.js';
import { OneTimeTokens1700000000240 } from './migrations/1700000000240-one-time-tokens.js';
import { KnownDevices1700000000270 } from './migrations/1700000000270-known-devices.js';
import { SessionConfirmation1700000000295 } from './migrations/1700000000295-session-confirmation.js';
import { SessionMethods1700000000210 } from './migrations/1700000000210-session-methods.js';
import { SessionAuthentication1700000000260 } from './migrations/1700000000260-session-authentication.js';
import { OneTimeTokenAudience1700000000280 } from './migrations/1700000000280-one-time-token-audience.js';
import { Impersonation1700000000290 } from './migrations/1700000000290-impersonation.js';
import { UserSearch1700000000320 } from './migrations/1700000000320-user-search.js';
import { UserRoles1700000000310 } from './migrations/1700000000310-user-roles.js';
import { Users1700000000300 } from './migrations/1700000000300-users.js';
import { AuthOneTimeToken } from './one-time-tokens/one-time-token.entity.js';
import { AuthKnownDevice } from './sessions/known-device.entity.js';
import { AuthSession } from './sessions/session.entity.js';
import { AuthUser } from './users/user.entity.js';

/** Tables of sessions, also of users that are the host's. */
export const SESSIONS_TABLES = {
  entities: [AuthSession, AuthOneTimeToken, AuthKnownDevice],
  migrations: [
    Sessions1700000000200,
    SessionMethods1700000000210,
    OneTimeTokens1700000000240,
    SessionGrowth1700000000250,
    SessionAuthentication1700000000260,
    KnownDevices1700000000270,
    OneTimeTokenAudience1700000000280,
    Impersonation1700000000290,
    SessionConfirmation1700000000295,
  ],
};

/** The tables of this capability. */
export const ACCOUNTS_TABLES = {
  entities: [...SESSIONS_TABLES.entities, AuthUser],
  migrations: [...SESSIONS_TABLES.migrations, Users1700000000300, UserRoles1700000000310, UserSearch1700000000320],
};
