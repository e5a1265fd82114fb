import { SubjectDisabling1700000000271 } from './migrations/1700000000271-subject-disabling.js';
import { Common1700000000100 } from './migrations/1700000000100-common.js';
import { ClientEpoch1700000000610 } from './migrations/1700000000610-client-epoch.js';
import { RevokedJwts1700000000510 } from './migrations/1700000000510-revoked-jwts.js';
import { RevokedJwtGrowth1700000000520 } from './migrations/1700000000520-revoked-jwt-growth.js';
import { SigningKeys1700000000500 } from './migrations/1700000000500-signing-keys.js';
import { CommonGrowth1700000000650 } from './migrations/1700000000650-common-growth.js';
import { TokenContext1700000000600 } from './migrations/1700000000600-token-context.js';
import { AuthSigningKey } from './keys/signing-key.entity.js';
import { Mail1700000000660 } from './migrations/1700000000660-mail.js';
import { OneTimeSecrets1700000000670 } from './migrations/1700000000670-one-time-secrets.js';
import { SenderConstraint1700000000680 } from './migrations/1700000000680-sender-constraint.js';
import { Actors1700000000690 } from './migrations/1700000000690-actors.js';
import { AuthMail } from './mail/mail.entity.js';
import { AuthOneTimeSecret } from './one-time/one-time-secret.entity.js';
import { AuthRateLimit } from './limits/rate-limit.entity.js';
import { AuthSubject } from './subjects/subject.entity.js';
import { AuthRevokedJwt } from './tokens/revoked-jwt.entity.js';
import { AuthSpentJwt } from './tokens/spent-jwt.entity.js';
import { AuthToken } from './tokens/token.entity.js';
import { AuthTokenFamily } from './tokens/token-family.entity.js';

/** The tables of the kernel, which every host has. */
export const COMMON_TABLES = {
  entities: [AuthSubject, AuthTokenFamily, AuthToken, AuthRateLimit, AuthMail, AuthOneTimeSecret, AuthSpentJwt],
  migrations: [
    Common1700000000100,
    SubjectDisabling1700000000271,
    TokenContext1700000000600,
    ClientEpoch1700000000610,
    CommonGrowth1700000000650,
    Mail1700000000660,
    OneTimeSecrets1700000000670,
    SenderConstraint1700000000680,
    Actors1700000000690,
  ],
};

/** The signing keys, and the JWTs that were revoked: of capabilities that sign tokens. */
export const KEY_TABLES = {
  entities: [AuthSigningKey, AuthRevokedJwt],
  migrations: [SigningKeys1700000000500, RevokedJwts1700000000510, RevokedJwtGrowth1700000000520],
};
