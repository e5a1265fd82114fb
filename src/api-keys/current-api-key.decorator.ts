import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { principalOf } from '../common/guards/admission.js';
import type { AuthenticatedApiKey } from './verification/api-key.state.js';

/**
 * The API key of the request: id, configuration, name, owner, metadata, permissions. Null when the request came with another credential.
 *
 * @example
 * ``` class Reports { @Get() @ApiKeyAuth() list(@CurrentApiKey() key: { id: string; name: string | null } | null) {} } ```
 */
export const CurrentApiKey = createParamDecorator(
  (_data: unknown, context: ExecutionContext): AuthenticatedApiKey | null => {
    return (principalOf(context)?.claims['apiKey'] as AuthenticatedApiKey | undefined) ?? null;
  },
);
