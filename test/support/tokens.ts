import type { TestApp } from './app.js';
import { send, type Answer } from './http.js';

type Host = Pick<TestApp, 'url'>;

export const refresh = (host: Host, refreshToken: string): Promise<Answer> =>
  send(`${host.url}/api/auth/token/refresh`, { body: { refreshToken } });

/** Status of a route for the user in person: 200 with a live session or access token, else 401. */
export const guarded = async (host: Host, bearer: string): Promise<number> =>
  (await send(`${host.url}/api/auth/list-sessions`, { bearer })).status;

export const post = (host: Host, route: string, bearer: string, body: unknown = {}): Promise<Answer> =>
  send(`${host.url}/api/auth/${route}`, { body, bearer });

/** Live refresh tokens of a subject: not rotated, not expired, in a live family. */
export async function liveLeaves(host: Pick<TestApp, 'sql'>, subject: string): Promise<number> {
  const [row] = await host.sql<{ count: number }>(
    `SELECT count(*)::int AS count FROM auth_token t JOIN auth_token_family f ON f.id = t.family_id
     WHERE f.subject = $1 AND t.kind = 'refresh' AND t.consumed_at IS NULL AND t.revoked_at IS NULL AND t.expires_at > now()
       AND f.revoked_at IS NULL AND f.expires_at > now()`,
    [subject],
  );
  return row!.count;
}

/** Everything of a subject that could still be used: sessions, and tokens of live families. */
export async function aliveThings(host: Pick<TestApp, 'sql'>, subject: string): Promise<number> {
  const [row] = await host.sql<{ count: number }>(
    `SELECT ((SELECT count(*) FROM auth_session WHERE subject = $1 AND expires_at > now())
           + (SELECT count(*) FROM auth_token t JOIN auth_token_family f ON f.id = t.family_id
              WHERE f.subject = $1 AND f.revoked_at IS NULL AND t.revoked_at IS NULL AND t.consumed_at IS NULL
                AND t.expires_at > now()))::int AS count`,
    [subject],
  );
  return row!.count;
}
