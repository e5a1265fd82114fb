import { AREA, createAdministeredHost, follow, type AdministeredHost } from '../support/administration.js';
import { Browser } from '../support/browser.js';
import { DEVICE_GRANT } from '../support/device.js';
import { send } from '../support/http.js';
import { expectPage, sendForm, textOf, visit } from '../support/pages.js';

const DEVICES = `${AREA}/devices`;
const NAME = '<b>Television</b>';

describe('administration page of waiting devices', () => {
  let host: AdministeredHost;
  beforeAll(async () => {
    host = await createAdministeredHost({
      oauthProvider: { scopes: ['openid'], clients: [{ clientId: 'tv', name: NAME, grantTypes: [DEVICE_GRANT] }] },
    });
  });
  afterAll(() => host.close());

  const open = (path = DEVICES) => visit(host, host.browser, path);
  const refuse = (id: string) => sendForm(host, host.browser, `${DEVICES}/refuse`, { id });
  const begin = async () =>
    (
      await send(`${host.url}/api/auth/oauth2/device_authorization`, {
        headers: { 'content-type': 'application/x-www-form-urlencoded', 'user-agent': 'TV <script>' },
        body: new URLSearchParams({ client_id: 'tv', scope: 'openid' }).toString(),
      })
    ).body;
  const poll = async (code: string) =>
    (
      await send(`${host.url}/api/auth/oauth2/token`, {
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams({ grant_type: DEVICE_GRANT, client_id: 'tv', device_code: code }).toString(),
      })
    ).body.error;

  it('200 shows who waits, since when and from where, and no code', async () => {
    expect(textOf(await open(), 'none')).toBe('No device is waiting.');
    const { user_code: code, device_code: secret } = await begin();
    const page = await open();
    expectPage(page);
    expect(page.text).toContain('&lt;b&gt;Television');
    expect(page.text).toContain('not entered yet');
    expect(page.text).toContain('TV &lt;script&gt;');
    for (const hidden of [code, code.replace('-', ''), secret]) expect(page.text).not.toContain(hidden);
    await sendForm(host, host.browser, '/device', { user_code: code });
    expect((await open()).text).toMatch(/entered by user <bdi>/);
  });

  it('RFC 8628 3.5 303 refuses: the device is told, the user cannot approve, a second press is no error', async () => {
    const { user_code: code, device_code: secret } = await begin();
    await host.sql(`UPDATE auth_device_authorization SET expires_at = expires_at + interval '1 hour'
      WHERE subject IS NULL`);
    const [{ id }] = (await host.sql<{ id: string }>(
      `SELECT id FROM auth_device_authorization ORDER BY expires_at DESC LIMIT 1`,
    )) as [{ id: string }];
    expect((await open()).text).toContain(`value="${id}"`);
    const page = await follow(host, host.browser, await refuse(id));
    expect(textOf(page, 'done')).toBe('The device has been refused.');
    expect(page.text).not.toContain(id);
    const again = await follow(host, host.browser, await refuse(id));
    expect(textOf(again, 'done')).toBe('This device was not waiting any more.');
    expect(await poll(secret)).toBe('access_denied');
    const late = await sendForm(host, host.browser, '/device', { user_code: code, action: 'approve' });
    expect(late.status).toBeGreaterThanOrEqual(400);
  });

  it('303 one that there is not does not wait; 400 for what is no id', async () => {
    const unknown = await follow(host, host.browser, await refuse('01890a5d-ac96-774b-bcce-b302099a8057'));
    expect(textOf(unknown, 'done')).toMatch(/not waiting/);
    expectPage(await refuse('1; DROP TABLE'), 400);
  });

  it('404 where devices are off', async () => {
    const off = await createAdministeredHost({ device: { enabled: false } });
    try {
      expectPage(await visit(off, off.browser, DEVICES), 404);
      expectPage(await visit(off, new Browser(), DEVICES), 404);
      expect((await visit(off, off.browser, AREA)).text).not.toContain('Waiting devices');
    } finally {
      await off.close();
    }
  });
});
