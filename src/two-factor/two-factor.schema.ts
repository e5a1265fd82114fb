import { AuthTwoFactorChallenge } from './challenge/challenge.entity.js';
import { AuthBackupCode } from './factors/backup-code.entity.js';
import { AuthTwoFactor } from './factors/two-factor.entity.js';
import { TwoFactor1700000001100 } from './migrations/1700000001100-two-factor.js';
import { AuthTrustedDevice } from './trust/trusted-device.entity.js';

/** The tables of this capability. */
export const TWO_FACTOR_TABLES = {
  entities: [AuthTwoFactor, AuthBackupCode, AuthTwoFactorChallenge, AuthTrustedDevice],
  migrations: [TwoFactor1700000001100],
};
