import type { Page } from 'playwright-core';
import { Browser } from './browser.js';
import { MailedLinks } from './mailed-links.js';
import type { PageRow } from './page-visit.js';

const CODE_OF = 'sign-in-code?login_hint=ada@example.com&sent=yes';
const send = (email: string) => async (page: Page) => {
  await page.fill('#email', email);
  await page.click('#send');
};
const enter = (otp: string) => async (page: Page) => {
  await page.fill('#otp', otp);
  await page.click('#enter');
};

/** Sign-in by a link or a code that comes by mail. */
export const MAIL_ROWS: readonly PageRow[] = [
  { name: 'link: asks for the address', path: 'sign-in-link?login_hint=ada@example.com' },
  { name: 'link: half an address', path: 'sign-in-link', then: send('ada'), status: 400 },
  { name: 'link: sent', path: 'sign-in-link', then: send('grace@example.com') },
  { name: 'link: no longer good', path: 'sign-in-link?error=INVALID_TOKEN', status: 400 },
  {
    name: 'link: opened in another browser',
    as: 'newcomer',
    path: async (world) => {
      const links = new MailedLinks(() => world, world.mailbox);
      return links.ask(new Browser(new URL(world.url).origin), 'somebody@example.com');
    },
  },
  { name: 'code: asks for the address', path: 'sign-in-code' },
  { name: 'code: sent', path: 'sign-in-code', then: send('grace@example.com') },
  { name: 'code: wrong', path: CODE_OF, then: enter('000000'), status: 400 },
];
