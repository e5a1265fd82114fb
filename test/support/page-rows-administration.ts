import { UsersService } from '../../src/index.js';
import { cookiesOf, send } from './http.js';
import { ADMINISTRATORS } from './page-host.js';
import { cookiesIn, type PageRow } from './page-visit.js';
import { signIn, signUp } from './users.js';

const first = (link: string) => (page: Parameters<NonNullable<PageRow['then']>>[0]) =>
  page.locator(link).first().click();

/** Somebody with the role, who has begun to act as the newcomer. */
const actAsNewcomer: NonNullable<PageRow['then']> = async (page, { url, app, people }) => {
  const { id, email } = await signUp(url);
  await app.get(UsersService).setRoles(id, [ADMINISTRATORS]);
  const { token: bearer } = await signIn(url, email);
  const begun = await send(`${url}/api/auth/admin/impersonate-user`, { bearer, body: { userId: people.newcomer.id } });
  await page.context().addCookies(cookiesIn(cookiesOf(begun), url));
  await page.goto('/api/auth/account');
};

/** What administrators see, and what others see of it. */
export const ADMINISTRATION_ROWS: readonly PageRow[] = [
  { name: 'administration of others', as: 'newcomer', path: 'administration', status: 403 },
  { name: 'users', as: 'administrator', path: 'administration' },
  { name: 'a user', as: 'administrator', path: 'administration?who=ada@example.com' },
  { name: 'no such user', as: 'administrator', path: 'administration?who=nobody@example.com', status: 404 },
  {
    name: 'a user to be signed out',
    as: 'administrator',
    path: ({ people }) => `administration/users/end-all?user=${people.owner.id}`,
  },
  { name: 'clients', as: 'administrator', path: 'administration/clients' },
  { name: 'no such clients', as: 'administrator', path: 'administration/clients?search=nothing' },
  { name: 'a new client', as: 'administrator', path: 'administration/clients/new' },
  {
    name: 'a client shown once',
    as: 'administrator',
    path: 'administration/clients/new',
    then: async (page) => {
      await page.fill('#name', 'Reports');
      await page.fill('#redirects', 'https://reports.example/callback');
      await page.click('form[action$="/clients/new"] button');
    },
  },
  { name: 'a client', as: 'administrator', path: 'administration/clients', then: first('.cards h2 a') },
  { name: 'registration tokens', as: 'administrator', path: 'administration/registration-tokens' },
  { name: 'devices', as: 'administrator', path: 'administration/devices' },
  { name: 'signing keys', as: 'administrator', path: 'administration/signing-keys' },
  { name: 'a signing key', as: 'administrator', path: 'administration/signing-keys', then: first('.cards li > p a') },
  { name: 'account in which an administrator acts', path: 'sign-in', then: actAsNewcomer },
];
