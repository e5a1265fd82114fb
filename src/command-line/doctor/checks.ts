import type { Check } from './check.js';
import { clock } from './checks/clock.check.js';
import { cookies } from './checks/cookies.check.js';
import { database } from './checks/database.check.js';
import { issuerReach } from './checks/issuer-reach.check.js';
import { issuer } from './checks/issuer.check.js';
import { migrations } from './checks/migrations.check.js';
import { openRegistration } from './checks/open-registration.check.js';
import { options } from './checks/options.check.js';
import { pooler } from './checks/pooler.check.js';
import { proxy } from './checks/proxy.check.js';
import { rateLimits } from './checks/rate-limits.check.js';
import { redirects } from './checks/redirects.check.js';
import { secret } from './checks/secret.check.js';
import { signingKeys } from './checks/signing-keys.check.js';

/** Every check, in the order of the answer. A new one is a line here and a heading in the guide. */
export const CHECKS: readonly Check[] = [
  options,
  secret,
  issuer,
  issuerReach,
  proxy,
  cookies,
  rateLimits,
  openRegistration,
  database,
  migrations,
  pooler,
  clock,
  signingKeys,
  redirects,
];
