import { createTestApp, type TestApp } from '../support/app.js';
import { Authenticator } from '../support/authenticator.js';
import { Mailbox } from '../support/mailbox.js';
import { PasskeyPerson } from '../support/passkeys.js';
import { send } from '../support/http.js';

const MEMBERS =
  'id name publicKey userId credentialID counter deviceType backedUp transports createdAt lastUsedAt userVerified aaguid';

describe('a passkey is added (WebAuthn 3, 7.1)', () => {
  const mailbox = new Mailbox();
  let host: TestApp;
  let person: PasskeyPerson;
  beforeAll(async () => {
    host = await createTestApp({
      auth: { mail: mailbox.mail, cacheTtl: 0, passkeys: { maxPerUser: 2, rpName: 'Acme' } },
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

  it('200 the options name user, keys and what is asked for', async () => {
    const first = await person.creationOptions('?name=Work&authenticatorAttachment=platform');
    expect(first).toEqual({
      challenge: expect.stringMatching(/^[\w-]{43}$/),
      rp: { id: 'localhost', name: 'Acme' },
      user: { id: expect.stringMatching(/^[\w-]{43}$/), name: 'Work', displayName: 'Ada' },
      pubKeyCredParams: [-8, -7, -257].map((alg) => ({ alg, type: 'public-key' })),
      timeout: 300_000,
      attestation: 'none',
      excludeCredentials: [],
      authenticatorSelection: {
        residentKey: 'required',
        requireResidentKey: true,
        userVerification: 'required',
        authenticatorAttachment: 'platform',
      },
      extensions: { credProps: true },
      hints: [],
    });
    const authenticator = await person.withPasskey();
    const second = await person.creationOptions();
    expect(second.user.id).toBe(first.user.id);
    expect(second.excludeCredentials).toEqual([
      { id: authenticator.id, type: 'public-key', transports: ['internal', 'hybrid'] },
    ]);
  });

  it('200 the row is answered in the members of better-auth, and the user is told', async () => {
    const authenticator = new Authenticator();
    const { status, body } = await person.add(authenticator, { multiDevice: true }, 'My phone');
    expect([status, Object.keys(body).join(' ')]).toEqual([200, MEMBERS]);
    expect(body).toMatchObject({
      name: 'My phone',
      userId: person.userId,
      credentialID: authenticator.id,
      deviceType: 'multiDevice',
      backedUp: true,
      transports: 'internal,hybrid',
      userVerified: true,
      lastUsedAt: null,
    });
    expect((await person.call('passkey/list-user-passkeys')).body).toEqual([body]);
    expect((await mailbox.newest('credential-changed', person.email)).content.change).toBe('factor');
    expect(await person.session()).not.toBeNull();
  });

  it.each([
    ['of another origin', { origin: 'https://evil.example' }],
    ['of another RP ID', { rpId: 'evil.example' }],
    ['without user verification', { userVerified: false }],
    ['of the other ceremony', { type: 'webauthn.get' }],
    ['made in a frame of another site', { clientData: { crossOrigin: true } }],
    ['with an attestation that was not asked for', { format: 'android-key' }],
  ])('400 an answer %s adds nothing', async (_what, change) => {
    expect(await codeOf(person.add(new Authenticator(), change))).toEqual([400, 'FAILED_TO_VERIFY_REGISTRATION']);
    expect((await person.call('passkey/list-user-passkeys')).body).toEqual([]);
  });

  it('T133 400 a challenge is good once, in its browser, for its user, and for its ceremony', async () => {
    const authenticator = new Authenticator();
    const options = await person.creationOptions();
    const response = authenticator.create(options);
    const verify = (who: PasskeyPerson, answer: object) =>
      codeOf(who.call('passkey/verify-registration', { response: answer }));
    const unknown = [400, 'CHALLENGE_NOT_FOUND'];
    const other = await new PasskeyPerson(host.url).signUp();
    expect(await verify(other, response)).toEqual(unknown);
    expect(await verify(person, authenticator.create({ ...options, challenge: 'A'.repeat(43) }))).toEqual(unknown);
    const forSignIn = await person.requestOptions();
    expect(await verify(person, authenticator.create({ ...options, challenge: forSignIn.challenge }))).toEqual(unknown);
    expect(await verify(person, response)).toEqual([200, undefined]);
    expect(await verify(person, response)).toEqual(unknown);
  });

  it('400 a challenge that expired', async () => {
    const response = new Authenticator().create(await person.creationOptions());
    await host.sql(`UPDATE auth_passkey_challenge SET expires_at = now() - interval '1 second' WHERE subject = $1`, [
      person.userId,
    ]);
    expect(await codeOf(person.call('passkey/verify-registration', { response }))).toEqual([
      400,
      'CHALLENGE_NOT_FOUND',
    ]);
  });

  it('T133 400 a credential that somebody has, also another user', async () => {
    const authenticator = await person.withPasskey();
    const other = await new PasskeyPerson(host.url).signUp();
    for (const who of [person, other])
      expect(await codeOf(who.add(authenticator))).toEqual([400, 'PREVIOUSLY_REGISTERED']);
  });

  it('400 more than a user may have', async () => {
    await person.withPasskey();
    const [open] = [await person.creationOptions()];
    await person.withPasskey();
    expect(await codeOf(person.call('passkey/generate-register-options'))).toEqual([400, 'PASSKEY_LIMIT_REACHED']);
    // The first change has voided what was open: it does not get in by the side door.
    const late = new Authenticator().create(open);
    expect((await person.call('passkey/verify-registration', { response: late })).status).toBe(400);
  });

  it('T129 403 a session that is not fresh neither begins nor finishes', async () => {
    const response = new Authenticator().create(await person.creationOptions());
    await host.sql(`UPDATE auth_session SET authenticated_at = now() - interval '25 hours' WHERE subject = $1`, [
      person.userId,
    ]);
    expect(await codeOf(person.call('passkey/generate-register-options'))).toEqual([403, 'SESSION_NOT_FRESH']);
    expect(await codeOf(person.call('passkey/verify-registration', { response }))).toEqual([403, 'SESSION_NOT_FRESH']);
  });

  it('401 without a session, 400 for what is no credential', async () => {
    const path = `${host.url}/api/auth/passkey/`;
    expect((await send(`${path}generate-register-options`)).status).toBe(401);
    expect((await send(`${path}verify-registration`, { body: { response: {} } })).status).toBe(401);
    for (const response of [{}, null, 'x', { id: '=', rawId: '', type: 'public-key', response: {} }])
      expect(await codeOf(person.call('passkey/verify-registration', { response }))).toEqual([400, 'VALIDATION_ERROR']);
    const { id, ...rest } = new Authenticator().create(await person.creationOptions());
    const garbled = { id, ...rest, response: { ...rest.response, attestationObject: 'AAAA' } };
    expect(await codeOf(person.call('passkey/verify-registration', { response: garbled }))).toEqual([
      400,
      'FAILED_TO_VERIFY_REGISTRATION',
    ]);
  });

  it('two tabs: the one that began first is not lost; of more than five the oldest is', async () => {
    const tabs = [await person.creationOptions(), await person.creationOptions()];
    expect(
      (await person.call('passkey/verify-registration', { response: new Authenticator().create(tabs[0]) })).status,
    ).toBe(200);
    const later: Parameters<Authenticator['create']>[0][] = [];
    for (let tab = 0; tab < 6; tab++) later.push(await person.creationOptions());
    const verify = (options: (typeof later)[number]) =>
      codeOf(person.call('passkey/verify-registration', { response: new Authenticator().create(options) }));
    expect(await verify(later[0]!)).toEqual([400, 'CHALLENGE_NOT_FOUND']);
    expect(await verify(later[1]!)).toEqual([200, undefined]);
  });
});
