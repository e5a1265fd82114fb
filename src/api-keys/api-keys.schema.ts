import { AuthApiKey } from './keys/api-key.entity.js';
import { AuthApiKeyUsage } from './keys/api-key-usage.entity.js';
import { Agents1700000000440 } from './migrations/1700000000440-agents.js';
import { ApiKeyUsage1700000000430 } from './migrations/1700000000430-api-key-usage.js';
import { ApiKeyGrowth1700000000420 } from './migrations/1700000000420-api-key-growth.js';
import { ApiKeys1700000000400 } from './migrations/1700000000400-api-keys.js';
import { Permits1700000000410 } from './migrations/1700000000410-permits.js';

/** The tables of this capability. */
export const API_KEYS_TABLES = {
  entities: [AuthApiKey, AuthApiKeyUsage],
  migrations: [
    ApiKeys1700000000400,
    Permits1700000000410,
    ApiKeyGrowth1700000000420,
    ApiKeyUsage1700000000430,
    Agents1700000000440,
  ],
};
