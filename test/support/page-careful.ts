import { randomBytes, randomUUID } from 'node:crypto';
import type { PageHost } from './page-host.js';
import { AGENTS } from './page-agents.js';
import { TwoFactorHost, type FactorUser } from './two-factor.js';
import { signUp } from './users.js';

const LONGEST = 'The key that hangs beside the others on the board in the hall, with the blue ribbon, not the red one';
const NO_MODEL = '00000000-0000-0000-0000-000000000000';

/** Somebody with an authenticator app, trusted browsers, and passkeys with names and without. */
export async function carefulUser(host: PageHost): Promise<FactorUser> {
  const user = await signUp(host.url, { name: 'Katherine Johnson', email: 'katherine@example.com' });
  const factor = await new TwoFactorHost(host).enrolled(user);
  for (const [index, agent] of AGENTS.entries())
    await host.sql(
      `INSERT INTO auth_trusted_device (id, hash, subject, user_agent, last_used_at, expires_at)
       VALUES ($1, $2, $3, $4, now() - interval '1 day' * $5::int, now() + interval '20 days')`,
      [randomUUID(), randomBytes(32), user.id, agent, index],
    );
  for (const [name, shared, used] of [
    ['Phone', true, true],
    [null, false, false],
    [LONGEST, false, true],
  ] as const)
    await addPasskey(host, user.id, { name, shared, used });
  return { ...factor, cookie: factor.factorCookie };
}

/** A passkey that nobody has: enough for pages to show it. */
export async function addPasskey(
  { sql }: Pick<PageHost, 'sql'>,
  userId: string,
  { name, shared = false, used = false }: { name: string | null; shared?: boolean; used?: boolean },
): Promise<void> {
  await sql(
    `INSERT INTO auth_passkey (id, subject, credential_id, public_key, name, multi_device, backed_up, user_verified, aaguid, last_used_at)
     VALUES ($1, $2, $3, $4, $5, $6, $6, true, $7, CASE WHEN $8 THEN now() - interval '2 hours' END)`,
    [randomUUID(), userId, randomBytes(32), randomBytes(77), name, shared, NO_MODEL, used],
  );
}
