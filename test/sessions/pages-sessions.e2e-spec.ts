import { createTestApp, type TestApp } from '../support/app.js';
import { formOf, mainOf, Visitor } from '../support/account-pages.js';
import { expectPage, sendForm, textOf, visit } from '../support/pages.js';
import { send } from '../support/http.js';

const SESSIONS = '/api/auth/account/sessions';
const END = '/account/sessions/end';
const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';

describe('the page of sessions', () => {
  let host: TestApp;
  beforeAll(async () => {
    host = await createTestApp();
  });
  afterAll(() => host.close());

  const agentOf = (id: string, agent: string) =>
    host.sql('UPDATE auth_session SET user_agent = $2 WHERE id = $1', [id, agent]);
  const countOf = async (subject: string) =>
    (await host.sql('SELECT id FROM auth_session WHERE subject = $1', [subject])).length;

  it('200 lists all, this one first and marked, each by its device', async () => {
    const ada = await Visitor.come(host);
    const [own] = await host.sql<{ id: string }>('SELECT id FROM auth_session WHERE subject = $1 AND id <> $2', [
      ada.user.id,
      ada.user.sessionId,
    ]);
    await agentOf(own!.id, FIREFOX);
    const page = await ada.open('/account/sessions');
    expectPage(page);
    const cards = mainOf(page).split('<h2>').slice(1);
    expect(cards).toHaveLength(2);
    expect(cards[0]).toContain('Firefox · Linux');
    expect(cards[0]).toContain('this device');
    expect(cards[0]).not.toContain('<form');
    expect(cards[1]).toContain(`value="${ada.user.sessionId}"`);
    expect(cards[1]).not.toContain('this device');
  });

  it('303 ends one, also when the form is sent twice, and then only this one is left', async () => {
    const ada = await Visitor.come(host);
    const page = await ada.open('/account/sessions');
    expect(formOf(page, END)['session']).toBe(ada.user.sessionId);
    for (let time = 1; time <= 2; time++) {
      const sent = await ada.send(page, END);
      expect([sent.status, sent.location]).toEqual([303, `${SESSIONS}?done=sessionEnded`]);
    }
    const after = await ada.open(`${SESSIONS}?done=sessionEnded`);
    expectPage(after);
    expect(textOf(after, 'done')).toBe('The device has been signed out.');
    expect(after.text).not.toContain(ada.user.sessionId);
    expect(textOf(after, 'end-others')).toBeNull();
    expect((await send(`${host.url}/api/auth/list-sessions`, { bearer: ada.user.token })).status).toBe(401);
  });

  it('303 ends all others, and leaves this one', async () => {
    const ada = await Visitor.come(host);
    const phone = await Visitor.at(host, ada.user);
    const page = await ada.open('/account/sessions');
    for (let time = 1; time <= 2; time++)
      expect((await ada.send(page, '/account/sessions/end-others')).location).toBe(`${SESSIONS}?done=othersEnded`);
    expect(await countOf(ada.user.id)).toBe(1);
    expectPage(await ada.open('/account/sessions'));
    expect((await phone.open('/account/sessions')).status).toBe(303);
  });

  it('T018 a session of somebody else stays, and nothing tells whether it is there', async () => {
    const [ada, bob] = [await Visitor.come(host), await Visitor.come(host)];
    const page = await ada.open('/account/sessions');
    const answers = [];
    for (const session of [bob.user.sessionId, '01890000-0000-7000-8000-000000000000', 'x'])
      answers.push((await ada.send(page, END, { session })).location);
    expect(new Set(answers).size).toBe(1);
    expect(await countOf(bob.user.id)).toBe(2);
  });

  it('F35 somebody else has signed in in another tab: their sessions stay', async () => {
    const ada = await Visitor.come(host);
    const page = await ada.open('/account/sessions');
    const bob = await Visitor.at(host, (await Visitor.come(host)).user, ada.browser);
    const before = await countOf(bob.user.id);
    for (const action of [END, '/account/sessions/end-others'])
      expect((await ada.send(page, action)).location).toBe(`${SESSIONS}?done=otherUser`);
    expect(await countOf(bob.user.id)).toBe(before);
  });

  it('F35 a session that was ended in another tab: the form leads to sign-in', async () => {
    const ada = await Visitor.come(host);
    const page = await ada.open('/account/sessions');
    const phone = await Visitor.at(host, ada.user);
    await phone.send(await phone.open('/account/sessions'), '/account/sessions/end-others');
    const sent = await ada.send(page, END);
    expect([sent.status, sent.location]).toEqual([303, `/api/auth/sign-in?continue=${encodeURIComponent(SESSIONS)}`]);
  });

  it('T067 a hostile device name and address are not shown as markup, and unknown ones have words', async () => {
    const ada = await Visitor.come(host);
    await host.sql(`UPDATE auth_session SET user_agent = $2, ip_address = $3 WHERE subject = $1`, [
      ada.user.id,
      `</h2><script>alert(1)</script>\u202e${'x'.repeat(5_000)}`,
      `<img src=x onerror=alert(1)>`,
    ]);
    const page = await ada.open('/account/sessions');
    expect(mainOf(page)).not.toMatch(/<script|<img|\u202e|xxxxx/);
    expect(mainOf(page)).toContain('Unknown device');
  });

  it('the form without its fields is refused as a page', async () => {
    const ada = await Visitor.come(host);
    const refused = await sendForm(host, ada.browser, `${SESSIONS}/end`, {});
    expectPage(refused, 400);
    expect((await visit(host, ada.browser, `${SESSIONS}/end`)).status).toBe(404);
  });
});
