import { AuthEvents, UsersService, type MailMessage } from '../../src/index.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { send } from '../support/http.js';
import { keepLogs } from '../support/logs.js';
import { askForReset, letDue, orderTo } from '../support/outbox.js';
import { sweep } from '../support/sweep.js';
import { until } from '../support/until.js';
import { signUp } from '../support/users.js';

/** What the host's function does with a message. */
type Sending = (message: MailMessage) => unknown;

describe('messages that cannot be sent at once', () => {
  const tried: MailMessage[] = [];
  const failed: { mailId: string; subject: string; reason: string }[] = [];
  let sending: Sending;
  let host: TestApp;
  let logs: ReturnType<typeof keepLogs>;
  beforeAll(async () => {
    const mail = async (message: MailMessage) => {
      tried.push(message);
      await sending(message);
    };
    host = await createTestApp({ auth: { mail } });
    host.app.get(AuthEvents).on('mail.failed', (event) => void failed.push(event));
    logs = keepLogs(host);
  });
  afterAll(() => host?.close());
  beforeEach(async () => {
    sending = () => undefined;
    tried.length = 0;
    failed.length = 0;
    logs.length = 0;
    await host.sql('DELETE FROM auth_mail');
  });

  /** Of a user whose order has been tried this often. */
  const triedTimes = (subject: string, times: number) =>
    until(`attempt ${times} has failed`, async () => {
      const row = await orderTo(host, subject);
      return row?.attempts === times && row.last_error !== null && tried.length >= times;
    });
  const away: Sending = () => {
    throw new Error('connect ECONNREFUSED');
  };

  it('T135 are sent once the provider is back; until then the page says that mail is delayed', async () => {
    sending = away;
    const people = [await signUp(host.url), await signUp(host.url)];
    const sent = () => send(`${host.url}/api/auth/recover?done=sent`, { headers: { accept: 'text/html' } });
    for (const { email } of people) {
      expect((await sent()).text).not.toContain('Mail is delayed');
      await askForReset(host, email);
      await until('an attempt has failed', async () => (await orderTo(host, email))?.last_error != null);
    }
    expect((await sent()).text).toContain('Mail is delayed');
    expect((await send(`${host.url}/api/auth/verify-address?done=sent`)).text).toContain('Mail is delayed');
    sending = () => undefined;
    tried.length = 0;
    await letDue(host);
    await until('nothing is lost', async () => (await host.sql('SELECT id FROM auth_mail')).length === 0);
    expect(tried.map(({ to }) => to).toSorted()).toEqual(people.map(({ email }) => email).toSorted());
  });

  it('wait longer each time, keep their id, and are given up after eight attempts', async () => {
    sending = away;
    const { email } = await signUp(host.url);
    await askForReset(host, email);
    const waits: number[] = [];
    for (let attempt = 1; attempt < 8; attempt++) {
      await triedTimes(email, attempt);
      waits.push(Math.round((await orderTo(host, email))!.wait! / 120));
      // As if it were worth reading for longer than the hour of its link.
      await host.sql(`UPDATE auth_mail SET expires_at = now() + interval '1 day', last_error = NULL`);
      await letDue(host);
    }
    await until('it is given up', () => failed.length === 1);
    expect(waits).toEqual([1, 2, 4, 8, 16, 32, 64]);
    expect(new Set(tried.map(({ id }) => id)).size).toBe(1);
    expect(new Set(tried.map((one) => one.kind === 'reset-password' && one.content.url)).size).toBe(8);
    const row = (await orderTo(host, email))!;
    expect(row).toMatchObject({ attempts: 8, wait: null, last_error: 'connect ECONNREFUSED' });
    expect(failed).toEqual([
      { mailId: row.id, kind: 'reset-password', subject: email, reason: 'connect ECONNREFUSED' },
    ]);
    await letDue(host);
    expect(tried).toHaveLength(8);
    // For operators who ask why.
    await host.sql(`UPDATE auth_mail SET created_at = now() - interval '47 hours'`);
    await sweep(host);
    expect(await orderTo(host, email)).toBeDefined();
    await host.sql(`UPDATE auth_mail SET created_at = now() - interval '49 hours'`);
    await sweep(host);
    expect(await orderTo(host, email)).toBeUndefined();
  });

  it('are given up when they would come too late, and the host hears of it', async () => {
    sending = away;
    const { email } = await signUp(host.url);
    await askForReset(host, email);
    await triedTimes(email, 1);
    await host.sql(`UPDATE auth_mail SET expires_at = now() - interval '1 second'`);
    await letDue(host);
    await until('it is given up', () => failed.length === 1);
    expect([failed[0]!.reason, tried.length]).toEqual(['it would come too late', 1]);
  });

  it('T135 come again after a process was killed between claim and sending, also when it was killed each time', async () => {
    const { email } = await signUp(host.url);
    const left = (attempts: number) =>
      host.sql(
        `INSERT INTO auth_mail (id, kind, subject, facts, attempts, next_attempt_at, expires_at)
         VALUES (gen_random_uuid(), 'reset-password', $1, '{}', $2, now(), now() + interval '1 hour')`,
        [email, attempts],
      );
    await left(7);
    await letDue(host);
    await until('it is sent', () => tried.length === 1);
    await until('it is done', async () => (await orderTo(host, email)) === undefined);
    await left(8);
    await letDue(host);
    await until('it is given up', () => failed.length === 1);
    expect([failed[0]!.reason, tried.length]).toEqual(['no attempt came to its end', 1]);
  });

  it.each<[string, Sending]>([
    ['throws a text', () => Promise.reject('a text')],
    ['throws nothing', () => Promise.reject(undefined)],
    ['throws what has no text', () => Promise.reject(Object.create(null))],
    ['throws what no table takes', () => Promise.reject(new Error('a\u0000b\r\nc \ud83d'))],
  ])('a host that %s has failed once', async (_what, fault) => {
    sending = fault;
    const { email } = await signUp(host.url);
    await askForReset(host, email);
    await triedTimes(email, 1);
  });

  it('T122 no secret stands in the table, in a reason or in a log', async () => {
    sending = (message) => {
      const { url } = message.content as { url: string };
      throw new Error(`554 ${message.text.slice(0, 40)} ${url} ${new URL(url).pathname}`);
    };
    const { email } = await signUp(host.url);
    await askForReset(host, email);
    await triedTimes(email, 1);
    const token = new URL((tried[0]!.content as { url: string }).url).pathname.split('/').at(-1)!;
    expect(token).toHaveLength(43);
    const rows = JSON.stringify([
      await host.sql('SELECT * FROM auth_mail'),
      await host.sql(`SELECT *, encode(hash, 'escape') FROM auth_one_time_secret`),
    ]);
    expect([rows.includes(email), rows.includes(token)]).toEqual([true, false]);
    const told = JSON.stringify(logs);
    expect([told.includes('was not sent'), told.includes(token), told.includes(email)]).toEqual([true, false, false]);
  });

  it('a user who is forgotten meanwhile gets nothing', async () => {
    sending = away;
    const { id, email, cookie, password } = await signUp(host.url);
    await askForReset(host, email);
    await triedTimes(email, 1);
    await send(`${host.url}/api/auth/change-password`, {
      headers: { cookie, origin: 'http://localhost:3000' },
      body: { currentPassword: password, newPassword: 'another horse, another staple' },
    });
    await until('the notice was tried', async () => (await orderTo(host, id))?.last_error != null);
    await host.app.get(UsersService).forget(id);
    expect(await orderTo(host, id)).toBeUndefined();
    sending = () => undefined;
    tried.length = 0;
    await letDue(host);
    await until('the order is gone', async () => (await orderTo(host, email)) === undefined);
    expect(tried).toEqual([]);
  });

  it('a message of a capability that was switched off is dropped', async () => {
    await host.sql(
      `INSERT INTO auth_mail (id, kind, subject, facts, expires_at) VALUES (gen_random_uuid(), 'gone', 'ada', '{}', now() + interval '1 hour')`,
    );
    await letDue(host);
    await until('it is gone', async () => (await orderTo(host, 'ada')) === undefined);
    expect(tried).toEqual([]);
  });

  it('T136 an address that is not one is never given to the host', async () => {
    const { id } = await signUp(host.url);
    const address = 'ada@example.com\r\nBcc: eve@example.com';
    await host.sql('UPDATE auth_user SET email = $2 WHERE id = $1', [id, address]);
    await host.sql(
      `INSERT INTO auth_mail (id, kind, subject, facts, expires_at)
       VALUES (gen_random_uuid(), 'credential-changed', $1, '{"change":"password"}', now() + interval '1 hour')`,
      [id],
    );
    await letDue(host);
    await until('it has failed', async () => (await orderTo(host, id))?.last_error === 'the address is none');
    expect(tried).toEqual([]);
  });
});
