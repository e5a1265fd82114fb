import type { PageRow } from './page-visit.js';

/** The account, but its API keys. */
export const ACCOUNT_ROWS: readonly PageRow[] = [
  { name: 'profile', as: 'owner', path: 'account' },
  { name: 'profile saved', as: 'owner', path: 'account', then: (page) => page.click('#save') },
  {
    name: 'profile refused',
    as: 'owner',
    path: 'account',
    status: 400,
    then: async (page) => {
      await page.fill('#image', 'ftp://ada.example/picture');
      await page.click('#save');
    },
  },
  {
    name: 'password refused',
    as: 'owner',
    path: 'account',
    status: 400,
    then: async (page) => {
      await page.fill('#current-password', 'wrong');
      await page.fill('#new-password', 'a long enough one');
      await page.click('#change-password');
    },
  },
  { name: 'sessions', as: 'owner', path: 'account/sessions' },
  { name: 'sessions of a newcomer', as: 'newcomer', path: 'account/sessions' },
  { name: 'applications', as: 'owner', path: 'account/applications' },
  { name: 'no applications', as: 'newcomer', path: 'account/applications' },
  { name: 'ways to sign in', as: 'owner', path: 'account/sign-in-methods' },
  { name: 'delete account', as: 'owner', path: 'account/delete' },
  {
    name: 'delete account refused',
    as: 'owner',
    path: 'account/delete',
    status: 400,
    then: async (page) => {
      await page.fill('#password', 'wrong');
      await page.click('#delete');
    },
  },
  {
    name: 'account deleted',
    as: 'throwaway',
    path: 'account/delete',
    then: async (page) => {
      await page.fill('#password', 'correct horse battery staple');
      await page.click('#delete');
    },
  },
];
