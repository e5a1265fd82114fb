import { HtmlValidate } from 'html-validate';
import { createTestApp, TEST_ISSUER, type TestApp } from '../support/app.js';
import { cookiesOf, send } from '../support/http.js';
import { Mailbox } from '../support/mailbox.js';
import { askForReset } from '../support/outbox.js';
import { signUp } from '../support/users.js';

const validator = new HtmlValidate({
  extends: ['html-validate:recommended'],
  rules: {
    'doctype-style': 'off', // small letters are the same to a parser
    'no-inline-style': 'off', // mail programs drop style sheets
    'no-trailing-whitespace': 'off', // what a part that is left out leaves behind
  },
});

describe('letters', () => {
  const mailbox = new Mailbox();
  let host: TestApp;
  beforeAll(async () => {
    const pages = { name: 'Acme <&> "Söhne"', texts: { nl: { 'mail.reset.subject': 'Kies een wachtwoord' } } };
    host = await createTestApp({ auth: { mail: mailbox.mail, pages } });
  });
  afterAll(() => host?.close());
  const letterFor = async (headers: Record<string, string>, path = '') => {
    const { email } = await signUp(host.url);
    await send(`${host.url}/api/auth/request-password-reset${path}`, { body: { email }, headers });
    return mailbox.newest('reset-password', email);
  };

  it.each([
    ['Accept-Language', { 'accept-language': 'fi, de;q=0.8' }, '', 'de ltr'],
    ['ui_locales', { 'accept-language': 'de' }, '?ui_locales=fr', 'fr ltr'],
    ['a language of the host', { 'accept-language': 'nl' }, '', 'nl ltr'],
    ['one from the right', { 'accept-language': 'ar' }, '', 'ar rtl'],
    ['none that there is', { 'accept-language': 'fi' }, '', 'en ltr'],
  ])('are in the language of the request: %s', async (_name, headers, path, expected) => {
    const { language, html } = await letterFor(headers, path);
    const [, lang, dir] = /<html lang="([^"]*)" dir="([^"]*)"/.exec(html)!;
    expect([language, `${lang} ${dir}`]).toEqual([lang, expected]);
  });

  it('are in the language that the browser has chosen before', async () => {
    const chosen = await send(`${host.url}/api/auth/sign-in?ui_locales=ja`, { headers: { accept: 'text/html' } });
    const cookie = cookiesOf(chosen);
    expect(cookie).toContain('language=ja');
    const { language } = await letterFor({ 'accept-language': 'de', cookie, origin: TEST_ISSUER });
    expect(language).toBe('ja');
  });

  it.each(['en', 'ar'])(
    'are valid HTML, and can be read without pictures, scripts and style sheets (%s)',
    async (one) => {
      const { html, text, subject, content } = await letterFor({ 'accept-language': one });
      const { results } = await validator.validateString(html);
      expect(results.flatMap(({ messages }) => messages.map(({ ruleId, message }) => `${ruleId}: ${message}`))).toEqual(
        [],
      );
      expect(html).not.toMatch(/<(img|script|style|link|iframe)\b|url\(|@import/i);
      const escaped = content.url.replaceAll('&', '&amp;');
      expect(html.split(`href="${escaped}"`)).toHaveLength(3);
      expect(html).toContain(`>${escaped}</a>`);
      expect(text).toContain(`\n${content.url}\n`);
      expect(html).toContain('Acme &lt;&amp;&gt; &quot;Söhne&quot;');
      expect(subject).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    },
  );

  it('T136 nothing that strangers write stands in a header, and no order is made to what is no address', async () => {
    const { email } = await signUp(host.url, { name: 'Ada <b>Bcc: eve@example.com</b>' });
    await askForReset(host, email);
    const { subject, to, html } = await mailbox.newest('reset-password', email);
    expect([subject, to, html.includes('Bcc')]).toEqual(['Choose a new password', email, false]);
    const before = mailbox.messages.length;
    for (const address of [
      `${email}\r\nBcc: eve@example.com`,
      `${email},eve@example.com`,
      `Ada <${email}>`,
      `"${email}"@eve.example`,
    ])
      expect((await askForReset(host, address)).body).toMatchObject({ status: true });
    expect(await host.sql('SELECT id FROM auth_mail')).toEqual([]);
    expect(mailbox.messages).toHaveLength(before);
  });
});
