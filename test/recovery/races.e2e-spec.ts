import { createTestApp, type TestApp } from '../support/app.js';
import { send, type Answer } from '../support/http.js';
import { Mailbox } from '../support/mailbox.js';
import { createMigratedDatabase } from '../support/migrated-database.js';
import { askForReset } from '../support/outbox.js';
import { signIn, signUp } from '../support/users.js';

const NEW_PASSWORD = 'another horse, another staple';
const INVALID = { status: 400, code: 'INVALID_TOKEN' };
const mailbox = new Mailbox();

const reset = (host: TestApp, token: string, newPassword = NEW_PASSWORD) =>
  send(`${host.url}/api/auth/reset-password`, { body: { newPassword, token } });
const tokenFor = async (host: TestApp, email: string) => {
  mailbox.messages.length = 0;
  await askForReset(host, email);
  const { url } = (await mailbox.newest('reset-password', email)).content;
  return new URL(url).pathname.split('/').at(-1)!;
};
const codeOf = ({ status, body }: Answer) => ({ status, code: body?.code });

describe('links to a new password on two nodes, with limits', () => {
  const hosts: TestApp[] = [];
  let database: Awaited<ReturnType<typeof createMigratedDatabase>>;
  beforeAll(async () => {
    database = await createMigratedDatabase();
    for (const adapter of ['express', 'fastify'] as const)
      hosts.push(
        await createTestApp({
          adapter,
          databaseUrl: database.url,
          auth: { mail: mailbox.mail, rateLimits: true, accounts: { passwordReset: { endApiKeys: true } } },
        }),
      );
  });
  afterAll(async () => {
    for (const host of hosts) await host.close();
    await database?.drop();
  });

  it('T122 one of fifty at once succeeds', async () => {
    const { email } = await signUp(hosts[0]!.url);
    const token = await tokenFor(hosts[0]!, email);
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, index) => reset(hosts[index % 2]!, token, `${NEW_PASSWORD} ${index}`)),
    );
    const won = answers.flatMap(({ status }, index) => (status === 200 ? [index] : []));
    expect(won).toHaveLength(1);
    expect(answers.filter(({ status }) => status !== 200).map(codeOf)).toEqual(
      Array.from({ length: 49 }, () => INVALID),
    );
    await signIn(hosts[1]!.url, email, `${NEW_PASSWORD} ${won[0]}`);
  });

  it('T121 the fourth request for an address is answered as the first, whether or not somebody has it, and sends nothing', async () => {
    const { email } = await signUp(hosts[0]!.url);
    await hosts[0]!.sql('DELETE FROM auth_rate_limit');
    mailbox.messages.length = 0;
    const answers = [];
    for (const address of [email, 'nobody@example.com'])
      for (let count = 0; count < 5; count++) answers.push(await askForReset(hosts[count % 2]!, address));
    expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
    expect(await counters(hosts[0]!, 'reset-request-email:%')).toEqual([5, 5]);
    await mailbox.newest('reset-password', email);
    expect(mailbox.messages.filter(({ kind }) => kind === 'reset-password').length).toBeLessThanOrEqual(3);
  });

  it('429 the thirty-first request from one address within an hour, whatever it asks for', async () => {
    await hosts[0]!.sql('DELETE FROM auth_rate_limit');
    const ask = (address: string) => askForReset(hosts[1]!, address);
    for (let count = 0; count < 30; count++) await ask(`many-${count}@example.com`);
    const { status, headers, body } = await ask('one-more@example.com');
    expect([status, body.code, Number(headers.get('retry-after')) > 3_000]).toEqual([429, 'TOO_MANY_REQUESTS', true]);
  });
});

async function counters(host: TestApp, name: string): Promise<number[]> {
  const rows = await host.sql<{ points: number }>('SELECT points FROM auth_rate_limit WHERE key LIKE $1', [name]);
  return rows.map(({ points }) => points);
}
