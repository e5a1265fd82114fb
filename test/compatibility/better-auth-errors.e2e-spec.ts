import { createTestApp, type TestApp } from '../support/app.js';
import { CLIENTS, ClientKit, freshEmail, NEW_PASSWORD, PASSWORD } from '../support/better-auth-clients.js';

describe.each(CLIENTS)('better-auth/client $version on $adapter: errors', ({ adapter, create }) => {
  let host: TestApp;
  beforeAll(async () => {
    host = await createTestApp({ adapter });
  });
  afterAll(() => host.close());
  const { cookieClient, bearerClient, signedUp } = new ClientKit(create, () => host.url);

  describe('3.1 errors as the client sees them', () => {
    it.each([
      ['400 VALIDATION_ERROR', {}, { email: 'a@example.com', password: PASSWORD }],
      ['400 INVALID_EMAIL', { email: 'no address' }, {}],
      ['400 PASSWORD_TOO_SHORT', { password: '1234567' }, {}],
      ['400 PASSWORD_TOO_LONG', { password: 'x'.repeat(129) }, {}],
      ['400 SERVER_ONLY_PROPERTY', { emailVerified: true }, {}],
    ])('signUp: %s', async (expected, change, only) => {
      const [status, code] = expected.split(' ');
      const whole = { email: freshEmail(), password: PASSWORD, name: 'Ada', ...change };
      const body = Object.keys(only).length > 0 ? only : whole;
      const { client, browser } = cookieClient();
      const outcome = await client['signUp']!['email']!(body);
      expect(outcome.data).toBeNull();
      expect(outcome.error).toMatchObject({ code, status: Number(status), message: expect.any(String) });
      expect(browser.cookies.size).toBe(0);
    });

    it('signUp: 422 USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL, whatever the case and the spaces', async () => {
      const { email: address } = await signedUp();
      const taken = await cookieClient().client['signUp']!['email']!({
        email: ` ${address.toUpperCase()} `,
        password: PASSWORD,
        name: 'Eve',
      });
      expect(taken.error).toMatchObject({ code: 'USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL', status: 422 });
    });

    it('signIn: 401 INVALID_EMAIL_OR_PASSWORD, one answer for a wrong password and an unknown user', async () => {
      const { email: address } = await signedUp();
      const wrong = await cookieClient().client['signIn']!['email']!({ email: address, password: 'wrong password' });
      const unknown = await cookieClient().client['signIn']!['email']!({ email: freshEmail(), password: PASSWORD });
      expect(wrong.error).toMatchObject({ code: 'INVALID_EMAIL_OR_PASSWORD', status: 401, statusText: 'Unauthorized' });
      expect(unknown.error).toEqual(wrong.error);
    });

    it('401 UNAUTHORIZED on every route that needs a session', async () => {
      const { client } = cookieClient();
      const calls = [
        client['listSessions']!(),
        client['revokeSession']!({ token: 'x' }),
        client['revokeSessions']!(),
        client['revokeOtherSessions']!(),
        client['updateUser']!({ name: 'Eve' }),
        client['changePassword']!({ currentPassword: PASSWORD, newPassword: NEW_PASSWORD }),
        client['deleteUser']!(),
      ];
      for (const outcome of await Promise.all(calls))
        expect(outcome.error).toMatchObject({ code: 'UNAUTHORIZED', message: 'Unauthorized', status: 401 });
    });

    it('403 SESSION_NOT_FRESH: listSessions and deleteUser a day after the sign-in', async () => {
      const { client, data } = await signedUp();
      await host.sql(
        `UPDATE auth_session SET created_at = now() - interval '25 hours', authenticated_at = now() - interval '25 hours' WHERE subject = $1`,
        [data.user.id],
      );
      const stale = bearerClient(data.token);
      expect((await stale['listSessions']!()).error).toMatchObject({ code: 'SESSION_NOT_FRESH', status: 403 });
      expect((await client['deleteUser']!()).error).toMatchObject({ code: 'SESSION_NOT_FRESH', status: 403 });
      expect(await client['deleteUser']!({ password: PASSWORD })).toMatchObject({ data: { success: true } });
    });

    it('400 INVALID_PASSWORD: changePassword and deleteUser with a wrong password', async () => {
      const { client } = await signedUp();
      const change = await client['changePassword']!({ currentPassword: 'wrong one', newPassword: NEW_PASSWORD });
      expect(change.error).toMatchObject({ code: 'INVALID_PASSWORD', status: 400 });
      const deletion = await client['deleteUser']!({ password: 'wrong one' });
      expect(deletion.error).toMatchObject({ code: 'INVALID_PASSWORD', status: 400 });
    });

    it('400 EMAIL_CAN_NOT_BE_UPDATED and "No fields to update": updateUser', async () => {
      const { client } = await signedUp();
      const change = await client['updateUser']!({ email: freshEmail() });
      expect(change.error).toMatchObject({ code: 'EMAIL_CAN_NOT_BE_UPDATED', status: 400 });
      const nothing = await client['updateUser']!({ nickname: 'unknown' });
      expect(nothing.error).toMatchObject({ message: 'No fields to update', status: 400 });
    });

    it('200 {status:true} for revokeSession of an unknown token and of somebody else, without effect', async () => {
      const { client } = await signedUp();
      const stranger = await signedUp();
      const foreign = (await stranger.client['listSessions']!()).data[0].token;
      for (const token of ['unknown', foreign, stranger.data.token])
        expect(await client['revokeSession']!({ token })).toMatchObject({ data: { status: true }, error: null });
      expect((await stranger.client['getSession']!()).data).not.toBeNull();
    });

    it('2.1 an empty updateUser is sent as GET and finds nothing: 404', async () => {
      const { client } = await signedUp();
      expect((await client['updateUser']!({})).error).toMatchObject({ status: 404 });
    });

    it('405 METHOD_NOT_ALLOWED_DEFER_SESSION_REQUIRED: POST /get-session', async () => {
      const { client } = await signedUp();
      const outcome = await client['getSession']!({ fetchOptions: { method: 'POST', body: {} } });
      expect(outcome.error).toMatchObject({ code: 'METHOD_NOT_ALLOWED_DEFER_SESSION_REQUIRED', status: 405 });
    });
  });
});
