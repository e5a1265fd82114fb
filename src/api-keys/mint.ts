import type { INestApplicationContext } from '@nestjs/common';
import { providerOf } from '../common/provider-of.js';
import type { CreateApiKey } from './keys/api-key.commands.js';
import type { ApiKeyWithSecret } from './keys/api-key.view.js';

/**
 * Creates an API key; needs `apiKeys`.
 *
 * @example
 * const { key } = await mintApiKey(app, { owner: { kind: 'user', id: userId }, scopes: ['reports:read'] });
 */
export async function mintApiKey(app: INestApplicationContext, key: CreateApiKey): Promise<ApiKeyWithSecret> {
  const { ApiKeysService } = await import('./index.js');
  return providerOf(app, ApiKeysService).create(key);
}
