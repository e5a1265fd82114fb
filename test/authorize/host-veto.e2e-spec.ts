import { AuthError } from '../../src/index.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { answerIn, ask } from '../support/authorization.js';
import { Navigator, obtainCode, providerOptions, WEB } from '../support/oauth.js';

describe('hooks.beforeAuthorization and a remembered consent', () => {
  let host: TestApp;
  const asked: string[] = [];
  let refuses = true;
  beforeAll(async () => {
    const beforeAuthorization = ({ subjectId }: { subjectId: string }) => {
      asked.push(subjectId);
      if (refuses) throw AuthError.forbidden('NOT_EMPLOYED', 'Not for you');
    };
    host = await createTestApp({ auth: providerOptions({ hooks: { beforeAuthorization } }) });
  });
  afterAll(() => host.close());

  it('OIDC Core 3.1.2.4 the host is asked about what the user has consented to, and about nothing else', async () => {
    const browser = new Navigator(host);
    const userId = await browser.signUp();
    expect((await ask(browser, WEB)).location).toContain('/oauth2/consent?');
    expect(answerIn(await ask(browser, WEB, { prompt: 'none' }), WEB)).toMatchObject({ error: 'consent_required' });
    expect(asked).toEqual([]);
    refuses = false;
    await obtainCode(browser, WEB);
    refuses = true;
    expect(answerIn(await ask(browser, WEB), WEB)).toMatchObject({ error: 'access_denied' });
    expect(asked).toEqual([userId, userId]);
  });
});
