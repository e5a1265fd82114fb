import type { Adapter, TestApp } from '../support/app.js';
import { createTestApp } from '../support/app.js';
import { ask } from '../support/authorization.js';
import { send } from '../support/http.js';
import { Navigator, providerOptions, WEB } from '../support/oauth.js';

const GRANT = 'urn:ietf:params:oauth:grant-type:device_code';
const SCOPES = {
  openid: { title: { en: 'Know your account', de: 'Ihr Konto kennen' } },
  email: { title: 'See <where> to write to you' },
  'reports:read': {
    title: { en: 'Read your reports', de: 'Ihre Berichte lesen' },
    description: { en: 'Those of the last year', de: 'Die des letzten Jahres' },
  },
} as const;
const NAMES = Object.keys(SCOPES);
const client = { ...WEB, scopes: NAMES, grantTypes: ['authorization_code', GRANT] };
const tv = { clientId: 'tv', scopes: NAMES, grantTypes: [GRANT] };

describe.each<Adapter>(['express', 'fastify'])('texts of scopes on %s', (adapter) => {
  let host: TestApp;
  let browser: Navigator;
  beforeAll(async () => {
    const scopes = { ...SCOPES, constructor: { title: 'x' } };
    host = await createTestApp({ adapter, auth: providerOptions({ scopes, clients: [client, tv] }, { device: true }) });
    browser = new Navigator(host);
    await browser.signUp();
  });
  afterAll(() => host.close());

  const onConsent = async (language: string) => {
    const { location } = await ask(browser, client, { scope: NAMES.join(' '), ui_locales: language });
    return listIn((await browser.get(location!)).text);
  };
  const onDevice = async (language: string) => {
    const fields = new URLSearchParams({ client_id: 'tv', scope: NAMES.join(' ') });
    const { body } = await send(`${host.url}/api/auth/device/code`, { body: fields });
    await browser.get(`/device?ui_locales=${language}`);
    return listIn((await browser.post('/device', { user_code: body.user_code })).text);
  };
  const listIn = (text: string) => [...text.matchAll(/<li>([^]*?)<\/li>/g)].map(([, item]) => item!.trim()).slice(0, 3);

  it.each([
    ['en', 'Know your account', 'Read your reports<br /><span class="soft">Those of the last year</span>'],
    ['de', 'Ihr Konto kennen', 'Ihre Berichte lesen<br /><span class="soft">Die des letzten Jahres</span>'],
  ])(
    'OIDC Core 3.1.2.4 in %s consent and device say the same, in words of the host',
    async (language, openid, reports) => {
      const wanted = [openid, 'See &lt;where&gt; to write to you', reports];
      expect(await onConsent(language)).toEqual(wanted);
      expect(await onDevice(language)).toEqual(wanted);
    },
  );

  it('in a language that the host has not, they are English, and marked so (WCAG 3.1.2)', async () => {
    const [openid] = await onConsent('fr');
    expect(openid).toBe('<span lang="en" dir="ltr">Know your account</span>');
    expect(await onDevice('fr')).toEqual(await onConsent('fr'));
  });

  it('are offered and granted by their names, as those of a list', async () => {
    const { body } = await send(`${host.url}/.well-known/openid-configuration`);
    expect(body.scopes_supported).toEqual([...NAMES, 'constructor']);
  });
});
