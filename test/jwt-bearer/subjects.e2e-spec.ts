import { randomUUID } from 'node:crypto';
import { UsersService } from '../../src/index.js';
import type { TestApp } from '../support/app.js';
import { AssertionIssuer, createAssertionHost, linkAccount, outcome, present } from '../support/assertions.js';
import { proof, RESOURCE_SERVER, submit } from '../support/client-auth.js';
import { AGENT } from '../support/assertions.js';
import { signUp } from '../support/users.js';

const SUBJECTS = {
  linked: {},
  mail: { subject: 'email' },
  ids: { subject: ['linked', 'aud_sub', 'email'] },
  made: { createUsers: true },
  tenants: { tenants: ['acme', 'a#b'], createUsers: true },
  hook: { subject: (claims: Readonly<Record<string, unknown>>) => (claims['employee'] as string | undefined) ?? null },
} as const;
type Name = keyof typeof SUBJECTS;

describe('whom an assertion is about (ID-JAG 4.4.1)', () => {
  let host: TestApp;
  const issuers = Object.fromEntries(Object.keys(SUBJECTS).map((name) => [name, new AssertionIssuer()])) as Record<
    Name,
    AssertionIssuer
  >;

  beforeAll(async () => {
    await Promise.all(Object.values(issuers).map((one) => one.start()));
    const list = (Object.keys(SUBJECTS) as Name[]).map((name) => ({
      issuer: issuers[name].url,
      type: 'id-jag' as const,
      algorithms: ['ES256'],
      ...SUBJECTS[name],
    }));
    host = await createAssertionHost(list, { clients: [AGENT, RESOURCE_SERVER] });
  });
  afterAll(async () => {
    await host.close();
    await Promise.all(Object.values(issuers).map((one) => one.stop()));
  });

  /** The user of the token, or the error. */
  const subjectOf = async (name: Name, claims: Record<string, unknown>): Promise<string> => {
    const answer = await present(host, await issuers[name].idJag(claims));
    if (answer.status !== 200) return outcome(answer);
    const { body } = await submit(
      host,
      'oauth2/introspect',
      { token: answer.body.access_token },
      proof(RESOURCE_SERVER),
    );
    return body.sub;
  };
  const REFUSED = '400 invalid_grant';
  const verify = (id: string) => host.sql('UPDATE auth_user SET email_verified = true WHERE id = $1', [id]);
  const count = async () => (await host.sql<{ n: number }>('SELECT count(*)::int AS n FROM auth_user'))[0]!.n;

  it('T194 ID-JAG 4.4.1 (I26): the user who linked the account there; nobody else, whatever else it says', async () => {
    const user = await signUp(host.url);
    await verify(user.id);
    const more = { email: user.email, email_verified: true, aud_sub: user.id };
    expect(await subjectOf('linked', { sub: 'x', ...more })).toBe(REFUSED);
    expect(await subjectOf('linked', { sub: user.id, ...more })).toBe(REFUSED);
    await linkAccount(host, user.id, issuers.mail.url, 'x');
    expect(await subjectOf('linked', { sub: 'x' })).toBe(REFUSED);
    await linkAccount(host, user.id, issuers.linked.url, 'x');
    expect(await subjectOf('linked', { sub: 'x' })).toBe(user.id);
    expect(await subjectOf('linked', { sub: 'X' })).toBe(REFUSED);
  });

  it('T194 T112 ID-JAG 4.4.1 (I26): by e-mail only where an option says so, and both sides have verified it', async () => {
    const user = await signUp(host.url);
    const claims = { sub: 'anybody', email: user.email.toUpperCase(), email_verified: true };
    expect(await subjectOf('mail', claims)).toBe(REFUSED);
    await verify(user.id);
    expect(await subjectOf('mail', claims)).toBe(user.id);
    for (const email_verified of [false, undefined, null, 'true', 1])
      expect([email_verified, await subjectOf('mail', { ...claims, email_verified })]).toEqual([
        email_verified,
        REFUSED,
      ]);
    for (const email of [
      '',
      1,
      null,
      {},
      [user.email],
      `${user.email}\0`,
      'nobody@example.com',
      `${user.email}, x@example.com`,
    ])
      expect([email, await subjectOf('mail', { ...claims, email })]).toEqual([email, REFUSED]);
  });

  it('ID-JAG 3.1 (I26): the linked account before aud_sub, and that before the address', async () => {
    const [linked, named, mailed] = [await signUp(host.url), await signUp(host.url), await signUp(host.url)];
    await verify(mailed.id);
    await linkAccount(host, linked.id, issuers.ids.url, 'one');
    const claims = { aud_sub: named.id, email: mailed.email, email_verified: true };
    expect(await subjectOf('ids', { sub: 'one', ...claims })).toBe(linked.id);
    expect(await subjectOf('ids', { sub: 'two', ...claims })).toBe(named.id);
    for (const aud_sub of [undefined, '', 1, {}, '\0', 'nobody', '\ud800', 'x'.repeat(300)])
      expect(await subjectOf('ids', { sub: 'two', ...claims, aud_sub })).toBe(mailed.id);
  });

  it('RFC 7523 3 (I12): a function of the host', async () => {
    const user = await signUp(host.url);
    expect(await subjectOf('hook', { employee: user.id })).toBe(user.id);
    expect(await subjectOf('hook', { employee: 'nobody' })).toBe(REFUSED);
    expect(await subjectOf('hook', {})).toBe(REFUSED);
  });

  it('ID-JAG 4.4.1 (I26): a new user with the account linked; the same the next time, under another address as well', async () => {
    const email = `new-${randomUUID()}@example.com`;
    const before = await count();
    const made = await subjectOf('made', { sub: 'new', email, email_verified: true, name: 'Ada\u0000' });
    expect(await host.sql('SELECT email, email_verified, name FROM auth_user WHERE id = $1', [made])).toEqual([
      { email, email_verified: true, name: email.split('@')[0] },
    ]);
    expect(await subjectOf('made', { sub: 'new', email: 'other@example.com' })).toBe(made);
    expect(await count()).toBe(before + 1);
    expect(await host.sql('SELECT issuer, account_id FROM auth_linked_account WHERE subject = $1', [made])).toEqual([
      { issuer: issuers.made.url, account_id: 'new' },
    ]);
  });

  it('T194 ID-JAG 4.4.1 (I26): no new user without an address, nor with that of another, verified or not', async () => {
    const user = await signUp(host.url);
    await verify(user.id);
    const before = await count();
    for (const email of [undefined, '', 'no address', 1, user.email, user.email.toUpperCase()])
      expect([email, await subjectOf('made', { sub: 'squatter', email, email_verified: true })]).toEqual([
        email,
        REFUSED,
      ]);
    expect(await count()).toBe(before);
  });

  it('T192 ID-JAG 4.4.1 (I26): an assertion that was used does not bring back a user who was deleted', async () => {
    const jag = await issuers.made.idJag({ sub: 'gone', email: `gone-${randomUUID()}@example.com` });
    const answer = await present(host, jag);
    const { body } = await submit(
      host,
      'oauth2/introspect',
      { token: answer.body.access_token },
      proof(RESOURCE_SERVER),
    );
    await host.app.get(UsersService).forget(body.sub);
    const before = await count();
    expect(outcome(await present(host, jag))).toBe(REFUSED);
    expect(await count()).toBe(before);
  });

  it('T194 ID-JAG 6 (I26): a subject of one tenant is not that of another, nor of the issuer itself', async () => {
    const email = () => `tenant-${randomUUID()}@example.com`;
    const first = await subjectOf('tenants', { sub: 'one', tenant: 'acme', email: email() });
    const second = await subjectOf('tenants', { sub: 'one', tenant: 'a#b', email: email() });
    expect(new Set([first, second, REFUSED]).size).toBe(3);
    expect(await subjectOf('tenants', { sub: 'one', tenant: 'acme' })).toBe(first);
    for (const tenant of [undefined, 'evil', 'ACME', '', ['acme'], null])
      expect([tenant, await subjectOf('tenants', { sub: 'one', tenant, email: email() })]).toEqual([tenant, REFUSED]);
  });

  it.each(['', '\0', 'a\0b', '\ud800', 'x'.repeat(256), 1, null, true, {}, ['ada']])(
    'T191 T003 RFC 7523 3 (I11): sub %j is refused, and is no error of ours',
    async (sub) => expect(await subjectOf('made', { sub, email: 'someone@example.com' })).toBe(REFUSED),
  );
});
