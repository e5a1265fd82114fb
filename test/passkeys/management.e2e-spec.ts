import { createTestApp, type TestApp } from '../support/app.js';
import { Mailbox } from '../support/mailbox.js';
import { PasskeyPerson } from '../support/passkeys.js';
import { until } from '../support/until.js';

const UNKNOWN_ID = '01980c5e-7b1a-7c3e-9f00-5d0c2a1b4e6f';

describe('the passkeys of a user', () => {
  const mailbox = new Mailbox();
  let host: TestApp;
  let person: PasskeyPerson;
  beforeAll(async () => {
    host = await createTestApp({
      auth: { mail: mailbox.mail, cacheTtl: 0, passkeys: true, accountLinking: { providers: [] } },
    });
  });
  afterAll(() => host?.close());
  beforeEach(async () => {
    person = await new PasskeyPerson(host.url).signUp();
  });

  const codeOf = async (answer: Promise<{ status: number; body: { code?: string } }>) => {
    const { status, body } = await answer;
    return [status, body?.code];
  };
  const list = async (of = person) =>
    (await of.call('passkey/list-user-passkeys')).body as { id: string; name: string }[];
  const withoutPassword = () => host.sql('UPDATE auth_user SET password_hash = NULL WHERE id = $1', [person.userId]);

  it('200 renames', async () => {
    await person.withPasskey();
    const { id } = (await list())[0]!;
    const renamed = await person.call('passkey/update-passkey', { id, name: '  Work key ' });
    expect([renamed.status, renamed.body.passkey.name, (await list())[0]!.name]).toEqual([200, 'Work key', 'Work key']);
    expect(await codeOf(person.call('passkey/update-passkey', { id, name: ' ' }))).toEqual([400, 'VALIDATION_ERROR']);
  });

  it('200 removes, and tells the user; sessions go on', async () => {
    const authenticator = await person.withPasskey();
    const { id } = (await list())[0]!;
    const told = () => mailbox.messages.filter(({ to }) => to === person.email).map(({ subject }) => subject);
    await until('the message of the addition', () => told().length === 1);
    expect((await person.call('passkey/delete-passkey', { id })).body).toEqual({ status: true });
    await until('the message of the removal', () => told().length === 2);
    expect(told()).toEqual(['A passkey was added to your account', 'A passkey was removed from your account']);
    expect([await list(), (await person.session()).user.id]).toEqual([[], person.userId]);
    person.forgetCookies();
    expect(await codeOf(person.use(authenticator))).toEqual([401, 'PASSKEY_NOT_FOUND']);
  });

  it("404 the same for another user's, an unknown one, and what is no id", async () => {
    const other = await new PasskeyPerson(host.url).signUp();
    await other.withPasskey();
    const { id } = (await list(other))[0]!;
    for (const one of [id, UNKNOWN_ID, 'x', "' OR 1=1 --"])
      for (const [path, body] of [
        ['delete-passkey', { id: one }],
        ['update-passkey', { id: one, name: 'mine' }],
      ] as const)
        expect(await codeOf(person.call(`passkey/${path}`, body))).toEqual([404, 'PASSKEY_NOT_FOUND']);
    expect(await list(other)).toHaveLength(1);
  });

  it('T129 403 a session that is not fresh removes nothing', async () => {
    await person.withPasskey();
    const { id } = (await list())[0]!;
    await host.sql(`UPDATE auth_session SET authenticated_at = now() - interval '25 hours' WHERE subject = $1`, [
      person.userId,
    ]);
    expect(await codeOf(person.call('passkey/delete-passkey', { id }))).toEqual([403, 'SESSION_NOT_FRESH']);
    expect(await list()).toHaveLength(1);
  });

  it('400 the last way to sign in stays; a second passkey makes room', async () => {
    await person.withPasskey();
    await withoutPassword();
    const { id } = (await list())[0]!;
    expect(await codeOf(person.call('passkey/delete-passkey', { id }))).toEqual([400, 'LAST_SIGN_IN_METHOD']);
    await person.withPasskey();
    expect((await person.call('passkey/delete-passkey', { id })).status).toBe(200);
    expect(await list()).toHaveLength(1);
  });

  it('races: of two that are removed at the same time, the last one stays', async () => {
    await person.withPasskey();
    await person.withPasskey();
    await withoutPassword();
    const ids = (await list()).map(({ id }) => id);
    const answers = await Promise.all(ids.map((id) => codeOf(person.call('passkey/delete-passkey', { id }))));
    expect(answers.toSorted()).toEqual([
      [200, undefined],
      [400, 'LAST_SIGN_IN_METHOD'],
    ]);
    expect(await list()).toHaveLength(1);
  });

  it('races: of two that are added at the same time none is lost without a word', async () => {
    const tabs = [person, new PasskeyPerson(host.url)];
    tabs[1]!.email = person.email;
    await tabs[1]!.signIn();
    const answers = await Promise.all(
      tabs.map((tab) =>
        tab.withPasskey().then(
          () => 200,
          () => 400,
        ),
      ),
    );
    // One change voids what was open of the user: the other may have to begin again, and is told so.
    expect(answers).toContain(200);
    expect(await list()).toHaveLength(answers.filter((status) => status === 200).length);
  });

  it('a passkey counts where accounts are unlinked, and is not shown or removed there', async () => {
    await person.withPasskey();
    const accounts = (await person.call('list-accounts')).body as { providerId: string; accountId: string }[];
    expect(accounts.map(({ providerId }) => providerId)).toEqual(['credential']);
    expect(await codeOf(person.call('unlink-account', { providerId: 'passkey' }))).toEqual([400, 'ACCOUNT_NOT_FOUND']);
    const { id } = (await list())[0]!;
    expect((await person.call('unlink-account', { providerId: 'credential' })).status).toBe(200);
    expect(await codeOf(person.call('passkey/delete-passkey', { id }))).toEqual([400, 'LAST_SIGN_IN_METHOD']);
  });

  it('a user who is deleted leaves nothing', async () => {
    await person.withPasskey();
    await person.creationOptions();
    expect((await person.call('delete-user', { password: 'correct horse battery staple' })).status).toBe(200);
    for (const table of ['auth_passkey', 'auth_passkey_holder', 'auth_passkey_challenge'])
      expect(await host.sql(`SELECT 1 FROM ${table} WHERE subject = $1`, [person.userId])).toEqual([]);
  });
});
