import { TEST_ISSUER, type Adapter } from '../support/app.js';
import { createDeviceHost, type DeviceHost } from '../support/device.js';
import { cookiesOf, send, type Answer } from '../support/http.js';
import { signUp, type SignedInUser } from '../support/users.js';

describe.each<Adapter>(['express', 'fastify'])('the page of the device flow on %s', (adapter) => {
  let host: DeviceHost;
  let user: SignedInUser;
  let other: SignedInUser;
  beforeAll(async () => {
    host = await createDeviceHost({}, { adapter });
    [user, other] = [await signUp(host.url), await signUp(host.url)];
  });
  afterAll(() => host.close());

  const show = (query = '', cookie?: string) =>
    send(`${host.url}/device${query}`, cookie === undefined ? {} : { headers: { cookie } });
  const submit = (
    fields: Record<string, string>,
    by: SignedInUser | null = user,
    headers: Record<string, string> = {},
  ) =>
    send(`${host.url}/device`, {
      headers: { origin: TEST_ISSUER, ...(by && { cookie: by.cookie }), ...headers },
      body: new URLSearchParams(fields),
    });
  /** After a form that is done the browser asks for the page that says so. */
  const outcomeOf = async (fields: Record<string, string>, by: SignedInUser = user) => {
    const { status: code, headers } = await submit(fields, by);
    expect(code).toBe(303);
    return send(new URL(headers.get('location')!, host.url).href);
  };
  const status = async (deviceCode: string) => (await host.pollInTime(deviceCode)).body.error ?? 'tokens';

  function expectPage(answer: Answer, code: number, ...ids: string[]): void {
    expect([answer.status, answer.headers.get('content-type')]).toEqual([code, 'text/html; charset=utf-8']);
    expect(answer.headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.text).not.toContain('<script');
    expect([...answer.text.matchAll(/ id="([a-z-]+)"/g)].map(([, id]) => id)).toEqual(ids);
  }

  it('asks for the code, also a stranger, with one input and no script', async () => {
    expectPage(await show(), 200, 'user-code', 'continue');
    expect((await show('?user_code=wdjb%20mjht')).text).toContain('value="WDJB-MJHT"');
    expect((await show('?user_code=%22%3E%3Cscript%3E')).text).not.toContain('script>');
    expect((await send(`${host.url}/device`, { method: 'HEAD' })).status).toBe(200);
  });

  it('sends a stranger to the sign-in page, which sends them back with their code', async () => {
    const { body } = await host.ask();
    const answer = await submit({ user_code: body.user_code.toLowerCase() }, null);
    expect(answer.status).toBe(303);
    const location = new URL(answer.headers.get('location')!, TEST_ISSUER);
    expect(location.pathname).toBe('/api/auth/sign-in');
    expect(location.searchParams.get('continue')).toBe(`/device?user_code=${body.user_code}`);
    const nothing = await submit({ user_code: 'https://evil.example/' }, null);
    expect(new URL(nothing.headers.get('location')!, TEST_ISSUER).searchParams.get('continue')).toBe('/device');
  });

  it('RFC 8628 5.4 shows who asks, for what, from where and when, and the code to compare; then lets the device in', async () => {
    const { body } = await host.ask(
      { scope: 'openid email films:watch' },
      { headers: { 'user-agent': '<b>Television</b>/1.0' } },
    );
    const confirm = await submit({ user_code: body.user_code.replace('-', ' ').toLowerCase() });
    expectPage(confirm, 200, 'approve', 'deny');
    for (const text of [
      'Living &lt;Room&gt; TV',
      body.user_code,
      user.email,
      'Know who you are',
      'See your e-mail address',
      'films:watch',
      '127.0.0.1',
      '&lt;b&gt;Television&lt;/b&gt;/1.0',
    ])
      expect(confirm.text).toContain(text);
    expect(confirm.text).toMatch(/Time: <time [^>]*>(now|\d seconds? ago)</);
    expect(await status(body.device_code)).toBe('authorization_pending');
    expectPage(await outcomeOf({ user_code: body.user_code, action: 'approve' }), 200, 'done', 'account');
    expect(await status(body.device_code)).toBe('tokens');
  });

  it('F37 says the outcome again for a reload and for a form that is sent twice, and decides nothing by a query', async () => {
    for (const action of ['approve', 'deny']) {
      const { body } = await host.ask();
      await submit({ user_code: body.user_code });
      const fields = { user_code: body.user_code, action };
      const [one, two] = await Promise.all([submit(fields), submit(fields)]);
      const again = await submit(fields);
      const locations = [one, two, again].map(({ status: code, headers }) => [code, headers.get('location')]);
      const outcome = action === 'approve' ? 'approved' : 'denied';
      expect(locations).toEqual(locations.map(() => [303, `/device?outcome=${outcome}`]));
      expectPage(await show(`?outcome=${outcome}`, user.cookie), 200, 'done', 'account');
    }
    const { body } = await host.ask();
    await submit({ user_code: body.user_code });
    await show(`?outcome=approved&user_code=${body.user_code}`, user.cookie);
    expect(await status(body.device_code)).toBe('authorization_pending');
    for (const outcome of ['pending', 'constructor', ''])
      expectPage(await show(`?outcome=${outcome}`), 200, 'user-code', 'continue');
  });

  it('turns the device away', async () => {
    const { body } = await host.ask();
    await submit({ user_code: body.user_code });
    const done = await outcomeOf({ user_code: body.user_code, action: 'deny' });
    expectPage(done, 200, 'done', 'account');
    expect(done.text).toContain('Request denied');
    expect((await outcomeOf({ user_code: body.user_code })).text).toContain('Request denied');
    const late = await submit({ user_code: body.user_code, action: 'approve' });
    expectPage(late, 400, 'user-code', 'user-code-fault', 'continue');
    expect(late.text).toContain('has already been answered');
    expect(await status(body.device_code)).toBe('access_denied');
  });

  it('says that a code is unknown or has expired, and asks again', async () => {
    for (const code of ['ZZZZ-ZZZZ', 'AAAA', '', 'x'.repeat(10_240)]) {
      const answer = await submit({ user_code: code });
      expectPage(answer, 404, 'user-code', 'user-code-fault', 'continue');
      expect(answer.text).toContain('No device is waiting with this code.');
    }
    const { body } = await host.ask();
    await host.sql(`UPDATE auth_device_authorization SET expires_at = now() - interval '1 second'`);
    const late = await submit({ user_code: body.user_code });
    expectPage(late, 400, 'user-code', 'user-code-fault', 'continue');
    expect(late.text).toContain('This code has expired.');
  });

  it('T100 is not for the second who comes', async () => {
    const { body } = await host.ask();
    await submit({ user_code: body.user_code });
    for (const fields of [{}, { action: 'approve' }, { action: 'deny' }] as Record<string, string>[])
      expectPage(
        await submit({ user_code: body.user_code, ...fields }, other),
        403,
        'error',
        'account',
        'error-details',
      );
    expect(await status(body.device_code)).toBe('authorization_pending');
  });

  it('T100 approves nothing that was not opened', async () => {
    const { body } = await host.ask();
    expect((await submit({ user_code: body.user_code, action: 'approve' })).status).toBe(400);
    expect(await status(body.device_code)).toBe('authorization_pending');
  });

  it('T101 looking does nothing: no GET opens, approves or counts', async () => {
    const { body } = await host.ask();
    for (const query of ['', '&action=approve', '&action=deny'])
      expectPage(await show(`?user_code=${body.user_code}${query}`, user.cookie), 200, 'user-code', 'continue');
    expect((await host.open(body.user_code, other)).body.client_id).toBe('tv');
    expect(await status(body.device_code)).toBe('authorization_pending');
  });

  it.each([
    ['another site', { origin: 'https://evil.example' }],
    ['a sandboxed frame', { origin: 'null' }],
    ['a navigation from another site', { origin: '', 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' }],
  ])('T101 a form of %s is refused', async (_name, { origin, ...rest }) => {
    const { body } = await host.ask();
    await submit({ user_code: body.user_code });
    const headers = { cookie: user.cookie, ...rest, ...(origin !== '' && { origin }) };
    const fields = new URLSearchParams({ user_code: body.user_code, action: 'approve' });
    expectPage(await send(`${host.url}/device`, { headers, body: fields }), 403, 'error', 'account', 'error-details');
    expect(await status(body.device_code)).toBe('authorization_pending');
  });

  it('takes the cookie and no other credential: a token of a client approves nothing', async () => {
    const codes = await host.approved(user, { scope: 'openid email' });
    const { body } = await host.pollInTime(codes.device_code);
    const { body: next } = await host.ask();
    for (const token of [body.access_token, user.token]) {
      const answer = await submit({ user_code: next.user_code, action: 'approve' }, null, {
        authorization: `Bearer ${token}`,
      });
      expect(answer.status).toBe(303);
    }
  });

  it('takes forms only, each field once, by GET and POST only', async () => {
    const headers = { cookie: user.cookie, origin: TEST_ISSUER };
    expectPage(
      await send(`${host.url}/device`, { headers, body: { user_code: 'ZZZZ-ZZZZ' } }),
      415,
      'error',
      'account',
      'error-details',
    );
    expectPage(
      await send(`${host.url}/device`, { headers, body: new URLSearchParams('user_code=a&user_code=b') }),
      400,
      'error',
      'account',
      'error-details',
    );
    expectPage(await show('?user_code=a&user_code=b'), 400, 'error', 'account', 'error-details');
    expectPage(await show('?user_code=%ff'), 400, 'error', 'account', 'error-details');
    const put = await send(`${host.url}/device`, { method: 'PUT', headers });
    expect([put.status, put.headers.get('allow')]).toEqual([405, 'GET, HEAD, POST']);
    for (const path of ['/Device', '//device']) expect((await send(host.url + path)).status).toBe(404);
    // As the router has it for the host's own routes (F23).
    expect((await send(`${host.url}/device/`)).status).toBe(adapter === 'express' ? 200 : 404);
  });

  it('what lies below the path is the host\u2019s', async () => {
    const answer = await send(`${host.url}/device/settings`);
    expect(answer.status).toBe(404);
    expect(answer.body).not.toHaveProperty('code');
  });

  it('from verification_uri_complete to the end, as a browser that signs in on the way', async () => {
    const { body } = await host.ask();
    const path = body.verification_uri_complete.replace(TEST_ISSUER, '');
    expect((await show(path.replace('/device', ''))).text).toContain(`value="${body.user_code}"`);
    const signedIn = await send(`${host.url}/api/auth/sign-in/email`, {
      headers: { origin: TEST_ISSUER },
      body: { email: user.email, password: user.password },
    });
    const browser = { ...user, cookie: cookiesOf(signedIn) };
    expectPage(await submit({ user_code: body.user_code }, browser), 200, 'approve', 'deny');
    expectPage(await outcomeOf({ user_code: body.user_code, action: 'approve' }, browser), 200, 'done', 'account');
    expect(await status(body.device_code)).toBe('tokens');
  });

  it.each(['constructor', '__proto__', 'toString', 'approved'])(
    'T008 the action %s decides nothing',
    async (action) => {
      const { body } = await host.ask();
      await submit({ user_code: body.user_code });
      expectPage(await submit({ user_code: body.user_code, action }), 200, 'approve', 'deny');
      expect(await status(body.device_code)).toBe('authorization_pending');
    },
  );
});
