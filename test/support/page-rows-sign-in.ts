import type { Page } from 'playwright-core';
import type { PageRow } from './page-visit.js';

const signInAs = (email: string, password: string) => async (page: Page) => {
  await page.fill('#email', email);
  await page.fill('#password', password);
  await page.click('#sign-in');
};

/** Sign-in, sign-up, sign-out, and what goes wrong with them. */
export const SIGN_IN_ROWS: readonly PageRow[] = [
  { name: 'sign-in', path: 'sign-in' },
  { name: 'sign-in for a client', path: (world) => world.authorizePath() },
  { name: 'sign-in for an unverified client', path: (world) => world.authorizePath(world.unverified) },
  { name: 'sign-in with a hint', path: 'sign-in?login_hint=ada@example.com' },
  { name: 'sign-in refused', path: 'sign-in', then: signInAs('ada@example.com', 'wrong'), status: 401 },
  { name: 'sign-in with half an address', path: 'sign-in', then: signInAs('ada', 'wrong'), status: 400 },
  { name: 'sign-up', path: 'sign-up' },
  {
    name: 'sign-up refused',
    path: 'sign-up',
    status: 400,
    then: async (page) => {
      await page.fill('#name', 'Ada');
      await page.fill('#email', 'new@example.com');
      await page.fill('#password', 'short');
      await page.click('#sign-up');
    },
  },
  { name: 'signed out', as: 'throwaway', path: 'account', then: (page) => page.click('#sign-out') },
  { name: 'provider failed', path: 'error?error=account_not_linked', status: 400 },
  { name: 'provider failed without a reason', path: 'error', status: 400 },
  { name: 'no such page', path: 'nothing', status: 404 },
  {
    name: 'a fault of ours',
    as: 'owner',
    status: 503,
    path: async (world) => {
      await world.sql('ALTER TABLE auth_api_key RENAME TO auth_api_key_away');
      return 'account/api-keys';
    },
    then: (_page, world) => world.sql('ALTER TABLE auth_api_key_away RENAME TO auth_api_key'),
  },
  { name: 'incomplete link', path: 'sign-in?continue=https://elsewhere.example', status: 403 },
];
