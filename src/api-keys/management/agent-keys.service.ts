import { Injectable } from '@nestjs/common';
import type { ActingAgent } from '../../common/ports/acting-agent.js';
import { ApiKeysService } from './api-keys.service.js';

const MAX_AGENTS = 100;
const KEY_PAGE = '/account/api-keys/key';

/** The agents that act for a user by a key of theirs. */
@Injectable()
export class AgentKeys {
  constructor(private readonly keys: ApiKeysService) {}

  async of(subjectId: string): Promise<readonly ActingAgent[]> {
    const owner = { kind: 'user', id: subjectId } as const;
    const { apiKeys } = await this.keys.list({ owner, status: 'active', isForAgent: true, limit: MAX_AGENTS });
    return apiKeys.flatMap(({ id, agent, scopes, createdAt, lastRequest, expiresAt }) =>
      agent
        ? {
            agentId: agent.id,
            name: agent.name,
            credentialId: id,
            scopes,
            createdAt,
            lastUsedAt: lastRequest,
            expiresAt,
            page: { path: KEY_PAGE, query: { id } },
          }
        : [],
    );
  }
}
