import type { AuthEventMap } from '../../src/index.js';
import { AuthEvents } from '../../src/index.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { Authenticator } from '../support/authenticator.js';
import { send } from '../support/http.js';
import { Mailbox } from '../support/mailbox.js';
import { PasskeyPerson } from '../support/passkeys.js';
import { guarded } from '../support/tokens.js';

const FAILED = [400, 'AUTHENTICATION_FAILED'];

describe('sign-in by passkey (WebAuthn 3, 7.2)', () => {
  const mailbox = new Mailbox();
  let host: TestApp;
  let person: PasskeyPerson;
  let authenticator: Authenticator;
  beforeAll(async () => {
    host = await createTestApp({ auth: { mail: mailbox.mail, cacheTtl: 0, passkeys: true } });
  });
  afterAll(() => host?.close());
  beforeEach(async () => {
    person = await new PasskeyPerson(host.url).signUp();
    authenticator = await person.withPasskey();
    person.forgetCookies();
  });

  const codeOf = async (answer: Promise<{ status: number; body: { code?: string } }>) => {
    const { status, body } = await answer;
    return [status, body?.code];
  };
  const amr = async () =>
    (await host.sql<{ amr: string[] }>('SELECT amr FROM auth_session WHERE subject = $1', [person.userId])).at(-1)?.amr;

  it('200 whoever has it is signed in: cookie, session, tokens; it counts as two factors', async () => {
    const options = await person.requestOptions();
    expect(options).toEqual({
      rpId: 'localhost',
      challenge: expect.stringMatching(/^[\w-]{43}$/),
      timeout: 300_000,
      userVerification: 'required',
    });
    await host.sql('DELETE FROM auth_session WHERE subject = $1', [person.userId]);
    const answer = await person.verify(authenticator.get(options));
    const { token, session, user, accessToken } = answer.body;
    expect([answer.status, user.email, session.userId, session.token]).toEqual([200, person.email, user.id, token]);
    expect((await person.session()).user.id).toBe(person.userId);
    expect((await send(`${host.url}/api/auth/get-session`, { bearer: token })).body.user.id).toBe(person.userId);
    expect(await guarded(host, accessToken)).toBe(200);
    expect(answer.headers.get('set-auth-token')).toContain(token);
    expect(await amr()).toEqual(['hwk', 'user', 'mfa']);
    const [row] = (await person.call('passkey/list-user-passkeys')).body;
    expect(row.lastUsedAt).not.toBeNull();
  });

  it('200 one that may have copies is a key in software (RFC 8176)', async () => {
    await person.signIn();
    const shared = await person.withPasskey({ multiDevice: true });
    person.forgetCookies();
    await host.sql('DELETE FROM auth_session WHERE subject = $1', [person.userId]);
    expect((await person.use(shared, { multiDevice: true })).status).toBe(200);
    expect(await amr()).toEqual(['swk', 'user', 'mfa']);
    person.forgetCookies();
    // BE never changes (7.2, step 18); BS may.
    expect(await codeOf(person.use(shared, { multiDevice: false }))).toEqual(FAILED);
  });

  it.each([
    ['of another origin', { origin: 'https://evil.example' }],
    ['of another RP ID', { rpId: 'evil.example' }],
    ['without user verification', { userVerified: false }],
    ['of the other ceremony', { type: 'webauthn.create' }],
    ['made in a frame of another site', { clientData: { crossOrigin: true } }],
    ['for another user', { userHandle: 'A'.repeat(43) }],
  ])('400 an answer %s signs nobody in', async (_what, change) => {
    expect(await codeOf(person.use(authenticator, change))).toEqual(FAILED);
    expect(await person.session()).toBeNull();
  });

  it('400 a signature by another key; 401 a credential that nobody has', async () => {
    const stranger = new Authenticator();
    const forged = { ...stranger.get(await person.requestOptions()), id: authenticator.id, rawId: authenticator.id };
    expect(await codeOf(person.verify(forged))).toEqual(FAILED);
    expect(await codeOf(person.use(stranger))).toEqual([401, 'PASSKEY_NOT_FOUND']);
  });

  it('200 an authenticator need not say whom it takes its user for', async () => {
    expect((await person.use(authenticator, { userHandle: null })).status).toBe(200);
  });

  it('T133 400 a challenge is good once, and in its browser', async () => {
    const response = authenticator.get(await person.requestOptions());
    const other = new PasskeyPerson(host.url);
    await other.requestOptions();
    const unknown = [400, 'CHALLENGE_NOT_FOUND'];
    expect(await codeOf(other.verify(response))).toEqual(unknown);
    expect(await codeOf(new PasskeyPerson(host.url).verify(response))).toEqual(unknown);
    expect((await person.verify(response)).status).toBe(200);
    expect(await codeOf(person.verify(response))).toEqual(unknown);
  });

  it('400 an answer that was refused has spent its challenge', async () => {
    const options = await person.requestOptions();
    expect(await codeOf(person.verify(authenticator.get(options, { userVerified: false })))).toEqual(FAILED);
    expect(await codeOf(person.verify(authenticator.get(options)))).toEqual([400, 'CHALLENGE_NOT_FOUND']);
  });

  it('200 two tabs: each has its own challenge, whichever is answered first', async () => {
    const [one, two] = [await person.requestOptions(), await person.requestOptions()];
    expect((await person.verify(authenticator.get(two))).status).toBe(200);
    expect((await person.verify(authenticator.get(one))).status).toBe(200);
  });

  it('a sign-in page may wait for ten minutes', async () => {
    await person.requestOptions();
    const [row] = await host.sql<{ seconds: number }>(
      `SELECT extract(epoch FROM max(expires_at) - now())::float8 AS seconds FROM auth_passkey_challenge WHERE subject IS NULL`,
    );
    expect(row!.seconds).toBeGreaterThan(540);
  });

  it('T133 400 a counter that does not grow is that of a copy: refused, told by event and mail, and the count stays', async () => {
    const told: AuthEventMap['passkey.copied'][] = [];
    host.app.get(AuthEvents).on('passkey.copied', (event) => void told.push(event));
    expect((await person.use(authenticator, { counter: 7 })).status).toBe(200);
    for (const counter of [7, 6, 0]) {
      person.forgetCookies();
      expect(await codeOf(person.use(authenticator, { counter }))).toEqual(FAILED);
      expect(await person.session()).toBeNull();
    }
    await mailbox.newest('passkey-copied', person.email);
    expect(told.map(({ subjectId }) => subjectId)).toEqual([person.userId, person.userId, person.userId]);
    expect((await person.use(authenticator, { counter: 8 })).status).toBe(200);
  });

  it('401 a user who was disabled', async () => {
    const response = authenticator.get(await person.requestOptions());
    await host.sql('UPDATE auth_subject SET disabled_at = now() WHERE subject = $1', [person.userId]);
    expect(await codeOf(person.verify(response))).toEqual([401, 'PASSKEY_NOT_FOUND']);
  });

  it('T133 403 a page of another site cannot sign a browser in', async () => {
    const response = authenticator.get(await person.requestOptions());
    const foreign = { origin: 'https://evil.example' };
    expect((await person.call('passkey/verify-authentication', { response }, foreign)).status).toBe(403);
  });

  it('400 for what is no credential, and never a 5xx', async () => {
    await person.requestOptions();
    const good = authenticator.get(await person.requestOptions());
    for (const change of [
      { authenticatorData: 'AAAA' },
      { signature: 'AAAA' },
      { clientDataJSON: 'AAAA' },
      { clientDataJSON: Buffer.from('null').toString('base64url') },
    ]) {
      const response = { ...good, response: { ...good.response, ...change } };
      expect((await person.verify(response)).status).toBe(400);
    }
    expect(await codeOf(person.verify({}))).toEqual([400, 'VALIDATION_ERROR']);
  });
});
