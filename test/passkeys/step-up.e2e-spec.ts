import { Controller, Get } from '@nestjs/common';
import { Auth, StepUp } from '../../src/index.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { Authenticator } from '../support/authenticator.js';
import { PasskeyPerson } from '../support/passkeys.js';

const [MFA, PHR] = ['mfa', 'phr'].map((name) => `urn:nest-authority:acr:${name}`) as [string, string];

@Controller('strong')
class StrongController {
  @Get('phr')
  @Auth('session', 'bearer')
  @StepUp({ acr: PHR })
  phr(): string {
    return 'ok';
  }

  @Get('mfa')
  @Auth('session', 'bearer')
  @StepUp({ acr: MFA })
  mfa(): string {
    return 'ok';
  }

  @Get('fresh')
  @Auth('session', 'bearer')
  @StepUp({ maxAge: '5m' })
  fresh(): string {
    return 'ok';
  }
}

describe('RFC 9470 a passkey makes a session stronger and fresher', () => {
  let host: TestApp;
  let person: PasskeyPerson;
  beforeAll(async () => {
    host = await createTestApp({
      controllers: [StrongController],
      auth: { passkeys: { userVerification: 'preferred' } },
    });
  });
  afterAll(() => host?.close());
  beforeEach(async () => {
    person = await new PasskeyPerson(host.url).signUp();
  });

  const reach = async (what: string, headers: Record<string, string> = {}) =>
    (await person.browser.fetch(`${host.url}/strong/${what}`, { headers })).status;
  const sessions = () =>
    host.sql<{ id: string; amr: string[] }>('SELECT id, amr FROM auth_session WHERE subject = $1', [person.userId]);

  it('with a verified user it is resistant to phishing, at once and in the same session', async () => {
    const authenticator = await person.withPasskey();
    const [before] = await sessions();
    expect([await reach('mfa'), await reach('phr')]).toEqual([401, 401]);
    const answer = await person.use(authenticator);
    expect([answer.status, answer.body.user.id, answer.headers.getSetCookie()]).toEqual([200, person.userId, []]);
    expect([await reach('mfa'), await reach('phr')]).toEqual([200, 200]);
    expect(await sessions()).toEqual([{ id: before!.id, amr: ['hwk', 'mfa', 'pwd', 'user'] }]);
  });

  it('without, it is a second factor beside the password, and no more', async () => {
    const authenticator = await person.withPasskey();
    expect((await person.use(authenticator, { userVerified: false })).status).toBe(200);
    expect([await reach('mfa'), await reach('phr')]).toEqual([200, 401]);
  });

  it('without, and alone, it is one factor', async () => {
    const authenticator = await person.withPasskey();
    person.forgetCookies();
    expect((await person.use(authenticator, { userVerified: false })).status).toBe(200);
    expect([await reach('mfa'), await reach('phr')]).toEqual([401, 401]);
    expect((await sessions()).at(-1)!.amr).toEqual(['hwk']);
    // Twice the same one is still one.
    expect((await person.use(authenticator, { userVerified: false })).status).toBe(200);
    expect(await reach('mfa')).toBe(401);
  });

  it('makes an old session fresh', async () => {
    const authenticator = await person.withPasskey();
    await host.sql(`UPDATE auth_session SET authenticated_at = now() - interval '1 hour' WHERE subject = $1`, [
      person.userId,
    ]);
    // Nothing of the old time is left in memory: the session is read again after the step-up.
    expect((await person.use(authenticator)).status).toBe(200);
    expect(await reach('fresh')).toBe(200);
  });

  it('the options name the passkeys of whoever is signed in, and no other will do', async () => {
    const authenticator = await person.withPasskey();
    const options = await person.requestOptions();
    expect(options.allowCredentials).toEqual([
      { id: authenticator.id, type: 'public-key', transports: ['internal', 'hybrid'] },
    ]);
    const other = await new PasskeyPerson(host.url).signUp();
    const foreign = await other.withPasskey();
    const answer = await person.verify(foreign.get(options));
    expect([answer.status, answer.body.code]).toEqual([400, 'AUTHENTICATION_FAILED']);
    expect((await person.session()).user.id).toBe(person.userId);
  });

  it('in a bearer session as well', async () => {
    const authenticator = await person.withPasskey();
    const signedIn = await person.signIn();
    const bearer = { authorization: `Bearer ${signedIn.body.token}` };
    for (const name of person.browser.cookies.keys()) if (name.includes('session')) person.browser.cookies.delete(name);
    expect(await reach('phr', bearer)).toBe(401);
    const options = (await person.call('passkey/generate-authenticate-options', undefined, bearer)).body;
    const response = authenticator.get(options);
    expect((await person.call('passkey/verify-authentication', { response }, bearer)).status).toBe(200);
    expect(await reach('phr', bearer)).toBe(200);
  });

  it('a counter that falls back strengthens nothing', async () => {
    const authenticator = await person.withPasskey();
    expect((await person.use(authenticator, { counter: 5, userVerified: false })).status).toBe(200);
    expect((await person.use(authenticator, { counter: 5 })).status).toBe(400);
    expect(await reach('phr')).toBe(401);
  });

  it('an unknown authenticator is refused in a session as well', async () => {
    await person.withPasskey();
    expect((await person.use(new Authenticator())).status).toBe(401);
  });
});
