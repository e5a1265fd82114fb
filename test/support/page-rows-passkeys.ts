import { addPasskey } from './page-careful.js';
import type { PageRow } from './page-visit.js';

const PASSKEYS = 'account/passkeys';
/** The last who has signed up. */
const NEWEST = 'SELECT id FROM auth_user ORDER BY created_at DESC LIMIT 1';
const forms = (page: Parameters<NonNullable<PageRow['then']>>[0]) =>
  page.waitForSelector('#passkey-ready:not([hidden])');

/** Passkeys, with the script and without. */
export const PASSKEY_ROWS: readonly PageRow[] = [
  { name: 'passkeys', as: 'careful', path: PASSKEYS, scripts: true, then: forms },
  { name: 'passkeys without scripts', as: 'careful', path: PASSKEYS },
  { name: 'no passkeys', as: 'newcomer', path: PASSKEYS, scripts: true, then: forms },
  { name: 'no passkeys without scripts', as: 'newcomer', path: PASSKEYS },
  {
    name: 'a passkey is the only way to sign in',
    as: 'throwaway',
    path: PASSKEYS,
    then: async (page, { sql }) => {
      const [user] = await sql<{ id: string }>(NEWEST);
      await addPasskey({ sql }, user!.id, { name: 'Phone', used: true });
      await sql('UPDATE auth_user SET password_hash = NULL WHERE id = $1', [user!.id]);
      await page.reload();
    },
  },
  {
    name: 'a passkey renamed',
    as: 'careful',
    path: PASSKEYS,
    then: async (page) => {
      await page.locator('.cards summary').first().click();
      await page.locator('.cards form[action$=rename] button').first().click();
    },
  },
  {
    name: 'a passkey removed',
    as: 'throwaway',
    path: PASSKEYS,
    then: async (page, { sql }) => {
      const [user] = await sql<{ id: string }>(NEWEST);
      await addPasskey({ sql }, user!.id, { name: 'Phone' });
      await page.reload();
      await page.click('.cards button.bad');
    },
  },
  { name: 'sign-in with a passkey', path: 'sign-in', scripts: true, then: forms },
  {
    name: 'passkey as a second step',
    as: 'careful',
    path: 'sign-in/passkey?continue=/api/auth/account',
    scripts: true,
    then: forms,
  },
  {
    name: 'passkey as a second step without scripts',
    as: 'careful',
    path: 'sign-in/passkey?continue=/api/auth/account',
  },
  {
    name: 'passkey that failed',
    as: 'careful',
    path: 'sign-in/passkey?continue=/api/auth/account',
    scripts: true,
    then: async (page) => {
      // As where the browser has none.
      await page.evaluate('navigator.credentials.get = () => Promise.reject(new Error("none"))');
      await page.click('#passkey');
      await page.waitForSelector('#passkey-failed:not([hidden])');
    },
  },
];
