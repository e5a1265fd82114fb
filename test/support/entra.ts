import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { send } from './http.js';

export const GRAPH_SCOPE = 'https://graph.microsoft.com/.default';
export const STORAGE_SCOPE = 'https://storage.azure.com/.default';
export const ENTRA_SECRET = 'the-secret-of-the-daemon-0123456789';

export interface Entra {
  /** Tenants are `tenant-1` and `tenant-2`; token endpoints are `<origin>/<tenant>/oauth2/v2.0/token`. */
  readonly origin: string;
  tokenRequests(): Promise<number>;
  close(): Promise<void>;
}

/**
 * Starts npm `oidc-provider` under Entra's paths, as a process of its own: it is foreign code, and it runs outside jest's VM.
 * @param clients RFC 7591 metadata. Default: `daemon` with {@link ENTRA_SECRET}, sent in the body as Entra's clients do
 */
export async function startEntra(options: { clients?: object[]; lifetimeSeconds?: number } = {}): Promise<Entra> {
  const daemon = {
    client_id: 'daemon',
    client_secret: ENTRA_SECRET,
    token_endpoint_auth_method: 'client_secret_post',
  };
  const settings = {
    clients: [daemon, ...(options.clients ?? [])],
    scopes: [GRAPH_SCOPE, STORAGE_SCOPE],
    lifetimeSeconds: options.lifetimeSeconds ?? 3600,
  };
  const child = fork(fileURLToPath(new URL('./entra-server.mjs', import.meta.url)), {
    env: { ...process.env, ENTRA: JSON.stringify(settings) },
    execArgv: [],
    // It warns about its in-memory adapter.
    stdio: ['ignore', 'ignore', process.env['TEST_LOG'] ? 'inherit' : 'ignore', 'ipc'],
  });
  const [{ origin }] = (await once(child, 'message')) as [{ origin: string }];
  return {
    origin,
    tokenRequests: async () => Number((await send(`${origin}/token-requests`)).text),
    close: async () => {
      const gone = once(child, 'exit');
      child.disconnect();
      await gone;
    },
  };
}
