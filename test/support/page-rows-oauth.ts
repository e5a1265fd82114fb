import type { Page } from 'playwright-core';
import type { PageRow } from './page-visit.js';
import type { PageWorld } from './page-world.js';
import { API, FILMS_CALLBACK } from './page-host.js';

const MANY = 'openid profile email offline_access reports:read reports:write films:watch';
const CLAIMS = JSON.stringify({ userinfo: { birthdate: null, 'https://acme.example/claims/department': null } });

const openCode = async (page: Page, world: PageWorld) => {
  await page.fill('#user-code', await world.userCode());
  await page.click('#continue');
};
const decide = (decision: 'approve' | 'deny') => async (page: Page, world: PageWorld) => {
  await openCode(page, world);
  await page.click(`#${decision}`);
};

/** What applications and devices ask for. */
export const OAUTH_ROWS: readonly PageRow[] = [
  {
    name: 'consent',
    as: 'newcomer',
    path: (world) =>
      world.authorizePath('films', { redirect_uri: FILMS_CALLBACK, scope: 'openid profile reports:read' }),
  },
  { name: 'consent for an unverified client', as: 'newcomer', path: (world) => world.authorizePath(world.unverified) },
  { name: 'consent for an unnamed client', as: 'newcomer', path: (world) => world.authorizePath(world.unnamed) },
  {
    name: 'consent to everything',
    as: 'newcomer',
    path: (world) => world.authorizePath('films', { scope: MANY, claims: CLAIMS, resource: API }),
  },
  {
    name: 'consent to more than before',
    as: 'owner',
    path: (world) =>
      world.authorizePath('films', {
        redirect_uri: FILMS_CALLBACK,
        scope: 'openid profile reports:read reports:write',
        resource: API,
      }),
  },
  {
    name: 'account choice',
    as: 'newcomer',
    path: (world) => world.authorizePath('films', { prompt: 'select_account' }),
  },
  { name: 'authorize refused', path: 'oauth2/authorize?client_id=nobody', status: 400 },
  {
    name: 'authorize refused for an unverified client',
    path: (world) => world.authorizePath(world.unverified, { scope: 'nothing' }),
    status: 400,
  },
  { name: 'device', as: 'newcomer', path: '/device' },
  {
    name: 'device from a link',
    as: 'newcomer',
    path: async (world) => `/device?user_code=${await world.userCode()}`,
  },
  {
    name: 'device with a wrong code',
    as: 'newcomer',
    path: '/device',
    status: 404,
    then: async (page) => {
      await page.fill('#user-code', 'BCDF-GHJK');
      await page.click('#continue');
    },
  },
  {
    name: 'device after too many wrong codes',
    as: 'throwaway',
    path: '/device',
    status: 429,
    then: async (page) => {
      for (let attempt = 0; attempt < 6; attempt++) {
        await page.fill('#user-code', 'BCDF-GHJK');
        await page.click('#continue');
      }
    },
  },
  { name: 'device to confirm', as: 'newcomer', path: '/device', then: openCode },
  { name: 'device approved', as: 'newcomer', path: '/device', then: decide('approve') },
  { name: 'device denied', as: 'newcomer', path: '/device', then: decide('deny') },
  { name: 'sign-out asks', as: 'newcomer', path: 'oauth2/end-session' },
  { name: 'sign-out done', as: 'throwaway', path: 'oauth2/end-session', then: (page) => page.click('#sign-out') },
  { name: 'sign-out of nobody', path: 'oauth2/end-session' },
];
