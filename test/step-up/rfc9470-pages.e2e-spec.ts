import { AuthModule, TwoFactorModule, PasskeysModule } from '../../src/index.js';
import { createTestApp, TEST_ISSUER, testOptions, type TestApp } from '../support/app.js';
import { formOf, mainOf } from '../support/account-pages.js';
import { answerIn } from '../support/authorization.js';
import { AUTHORIZE, authorizeQuery, pkce, providerOptions, WEB } from '../support/oauth.js';
import { PasskeyPerson } from '../support/passkeys.js';
import { expectPage, sendForm, visit } from '../support/pages.js';
import { MFA, PHR } from '../support/strength.js';
import { codeOf } from '../support/two-factor.js';
import { TEST_PASSWORD } from '../support/users.js';

const [CODES, PASSKEYS] = ['/api/auth/two-factor', '/api/auth/sign-in/passkey'];

describe.each(['as AuthModule builds them', 'passkeys last'] as const)(
  'RFC 9470 4: our pages of second factors at authorize, %s',
  (order) => {
    let host: TestApp;
    let person: PasskeyPerson;
    beforeAll(async () => {
      const auth = providerOptions({ clients: [{ ...WEB, skipConsent: true }] }, { cacheTtl: 0 });
      host = await createTestApp(
        order === 'passkeys last'
          ? {
              authModule: AuthModule.forRoot(testOptions(auth)),
              imports: [TwoFactorModule.forRoot({}), PasskeysModule.forRoot({})],
            }
          : { auth: { ...auth, passkeys: true, twoFactor: true } },
      );
    });
    afterAll(() => host?.close());
    beforeEach(async () => {
      person = await new PasskeyPerson(host.url).signUp();
    });

    const get = (path: string) => visit(host, person.browser, path);
    const authorize = async (acr: string) =>
      get(`${AUTHORIZE}?${authorizeQuery(WEB, { acr_values: acr, code_challenge: pkce().challenge })}`);
    /** The page, and where it leads in the end. */
    const askedIn = async (acr: string) => {
      const { pathname, searchParams, search } = new URL((await authorize(acr)).location!, TEST_ISSUER);
      return { pathname, path: pathname + search, continueTo: searchParams.get('continue')! };
    };
    /** @returns the secret of an app that is set up, with a session that has not shown it */
    const withApp = async () => {
      const { totpURI } = (await person.call('two-factor/enable', { password: TEST_PASSWORD })).body;
      const secret = new URL(totpURI).searchParams.get('secret')!;
      await person.call('two-factor/verify-totp', { code: codeOf(secret) });
      await host.sql('UPDATE auth_two_factor SET last_step = 0 WHERE subject = $1', [person.userId]);
      return secret;
    };
    const asByPassword = () => host.sql(`UPDATE auth_session SET amr = '{pwd}' WHERE subject = $1`, [person.userId]);
    const code = async (continueTo: string) => answerIn(toPage(await get(continueTo)), WEB);
    const toPage = ({ status, location, text }: Awaited<ReturnType<typeof get>>) => ({
      ...{ status, text, headers: {} },
      location: location ?? undefined,
    });

    it('with an app: the page of codes, which offers nothing else; then the client has its code', async () => {
      const secret = await withApp();
      await asByPassword();
      const { pathname, path, continueTo } = await askedIn(MFA);
      expect(pathname).toBe(CODES);
      const page = await get(path);
      expectPage(page);
      expect(mainOf(page)).not.toContain(PASSKEYS);
      const sent = await sendForm(host, person.browser, CODES, {
        ...formOf(page, '/two-factor'),
        code: codeOf(secret),
      });
      expect([sent.status, sent.location]).toEqual([303, continueTo]);
      expect(await code(continueTo)).toHaveProperty('code');
    });

    it('with a passkey: its page; then the client has its code', async () => {
      const authenticator = await person.withPasskey();
      for (const acr of [MFA, PHR]) {
        const { pathname, path, continueTo } = await askedIn(acr);
        expect(pathname).toBe(PASSKEYS);
        const page = await get(path);
        expect([page.status, mainOf(page).includes('id="passkey"')]).toEqual([200, true]);
        await person.use(authenticator);
        expect(await code(continueTo)).toHaveProperty('code');
        await asByPassword();
      }
    });

    it('with both: a page where either is chosen; where codes are too weak, that of the passkey', async () => {
      await withApp();
      await person.withPasskey();
      await asByPassword();
      const { pathname, path, continueTo } = await askedIn(MFA);
      expect(pathname).toBe(CODES);
      const page = await get(path);
      expectPage(page);
      expect(formOf(page, '/two-factor')).toMatchObject({ kind: 'totp', continue: continueTo });
      expect(mainOf(page)).toContain(`href="${PASSKEYS}?${new URLSearchParams({ continue: continueTo })}"`);
      expect((await askedIn(PHR)).pathname).toBe(PASSKEYS);
    });

    it('RFC 9470 5: with neither the client hears that it cannot be had', async () => {
      for (const acr of [MFA, PHR])
        expect(answerIn(toPage(await authorize(acr)), WEB)).toMatchObject({
          error: 'unmet_authentication_requirements',
        });
    });
  },
);
