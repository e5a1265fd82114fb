import { expect } from '@jest/globals';
import type { Page } from 'playwright-core';
import { send } from './http.js';
import { askForReset } from './outbox.js';
import type { PageRow } from './page-visit.js';
import type { PageWorld } from './page-world.js';
import { signUp } from './users.js';

/** The page for the new password, by a link of the mail; of a user of its own. */
async function newPasswordPath(world: PageWorld): Promise<string> {
  const { email } = await signUp(world.url);
  await askForReset(world, email);
  const { url } = (await world.mailbox.newest('reset-password', email)).content;
  return url.slice(world.url.length);
}

const giveAddress = (email: string, button: string) => async (page: Page) => {
  await page.fill('#email', email);
  await page.click(button);
};
const choose = (password: string) => async (page: Page) => {
  await page.fill('#password', password);
  await page.click('#set');
};

/** A new password and a verified address by links of mail. */
export const RECOVERY_ROWS: readonly PageRow[] = [
  { name: 'forgotten password', path: 'recover' },
  { name: 'forgotten password, sent', path: 'recover', then: giveAddress('ada@example.com', '#recover') },
  { name: 'new password', path: newPasswordPath },
  { name: 'new password refused', path: newPasswordPath, then: choose('iloveyou'), status: 400 },
  { name: 'new password set', path: newPasswordPath, then: choose('another horse, another staple') },
  {
    name: 'new password by a bad link',
    path: 'reset-password/no-such-token?callbackURL=',
    status: 400,
    then: async (page) => {
      expect(await page.getAttribute('#ask-again', 'href')).toBe('/api/auth/recover');
    },
  },
  { name: 'address to verify', path: 'verify-address' },
  { name: 'address to verify, sent', path: 'verify-address', then: giveAddress('ada@example.com', '#verify') },
  {
    name: 'address to verify refused',
    as: 'newcomer',
    path: 'verify-address',
    then: giveAddress('ada@example.com', '#verify'),
    status: 400,
  },
  {
    name: 'address verified',
    path: async (world) => {
      const { email } = await signUp(world.url);
      await send(`${world.url}/api/auth/send-verification-email`, { body: { email } });
      return (await world.mailbox.newest('verify-email', email)).content.url.slice(world.url.length);
    },
  },
  { name: 'address not verified', path: 'verify-email?token=none&callbackURL=/api/auth/email-verified' },
];
