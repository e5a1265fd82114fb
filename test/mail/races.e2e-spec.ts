import type { MailMessage } from '../../src/index.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { createMigratedDatabase } from '../support/migrated-database.js';
import { askForReset, letDue } from '../support/outbox.js';
import { until } from '../support/until.js';

const ORDERS = 200;

it('T135 two nodes send each of 200 messages once, under one id however often it was tried', async () => {
  const database = await createMigratedDatabase();
  const sent: { readonly node: number; readonly message: MailMessage }[] = [];
  const tried = new Map<string, string>();
  const isRefused = new Set<string>();
  const mailOf = (node: number) => async (message: MailMessage) => {
    tried.set(message.to, tried.get(message.to) ?? message.id);
    // Every fifth is refused once.
    const isFirst = !isRefused.has(message.to) && Number(/\d+/.exec(message.to)![0]) % 5 === 0;
    if (isFirst) isRefused.add(message.to);
    if (isFirst) throw new Error('try again later');
    sent.push({ node, message });
  };
  const hosts: TestApp[] = [];
  for (const node of [0, 1])
    hosts.push(await createTestApp({ auth: { mail: mailOf(node) }, databaseUrl: database.url }));
  const [first, second] = hosts as [TestApp, TestApp];
  await first.sql(
    `INSERT INTO auth_user (id, email, email_verified, name)
     SELECT 'user-' || n, 'user-' || n || '@example.com', false, 'Ada' FROM generate_series(1, ${ORDERS}) AS n`,
  );
  await first.sql(
    `INSERT INTO auth_mail (id, kind, subject, facts, expires_at)
     SELECT gen_random_uuid(), 'reset-password', 'user-' || n || '@example.com', '{}', now() + interval '1 hour' FROM generate_series(1, ${ORDERS}) AS n`,
  );
  await Promise.all(hosts.map((host) => askForReset(host, 'nobody@example.com')));
  await until('all were tried', () => tried.size === ORDERS);
  await Promise.all(hosts.map((host) => letDue(host)));
  await until('all are sent', async () => (await first.sql('SELECT id FROM auth_mail')).length === 0, 30);
  expect([sent.length, new Set(sent.map(({ message }) => message.to)).size]).toEqual([ORDERS, ORDERS]);
  expect(sent.filter(({ message }) => tried.get(message.to) !== message.id)).toEqual([]);
  expect(new Set(sent.map(({ node }) => node)).size).toBe(2);
  expect(isRefused.size).toBe(ORDERS / 5);
  await first.close();
  await second.close();
  await database.drop();
});
