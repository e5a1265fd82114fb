import type { Page } from 'playwright-core';
import { MUST } from './page-host.js';
import type { PageRow } from './page-visit.js';
import type { PageWorld } from './page-world.js';
import { codeOf, TwoFactorHost, wrongCodeOf } from './two-factor.js';
import { signUp, TEST_PASSWORD } from './users.js';

const FACTOR = 'account/two-factor';
type Act = NonNullable<PageRow['then']>;

/** What is done, one after the other. */
const all =
  (...acts: Act[]): Act =>
  async (page, world) => {
    for (const act of acts) await act(page, world);
  };
const fill =
  (field: string, value: string, button: string): Act =>
  async (page) => {
    await page.fill(`#${field}`, value);
    await page.click(button);
  };
const click =
  (what: string): Act =>
  (page) =>
    page.click(what);

const shows =
  (what: string): Act =>
  (page) =>
    page.waitForSelector(what);

const firstStep = all(fill('password', TEST_PASSWORD, '#sign-in'), shows('form[action$=two-factor], #send'));
/** The sign-in page, for somebody with an app. */
const signIn = ({ careful }: PageWorld) => `sign-in?login_hint=${careful.email}`;
const wrongCode: Act = (page, { careful }) => fill('totp', wrongCodeOf(careful.secret), '#verify-totp')(page, null!);

/** The sign-in page, for somebody who has chosen codes by mail; and beside them an app. */
const byMail = async (world: PageWorld, hasApp: boolean): Promise<string> => {
  const user = await signUp(world.url);
  await world.sql('UPDATE auth_user SET email_verified = true WHERE id::text = $1', [user.id]);
  const host = new TwoFactorHost(world);
  const { factorToken } = hasApp ? await host.enrolled(user) : { factorToken: user.token };
  await host.post('enable', { password: user.password, method: 'otp' }, { bearer: factorToken });
  return `sign-in?login_hint=${user.email}`;
};

/** Signs up as somebody who has to have a second factor. */
const mustHave: Act = async (page) => {
  await page.fill('#name', 'Ada');
  await page.fill('#email', `${MUST}${Date.now()}@example.com`);
  await page.fill('#password', TEST_PASSWORD);
  await page.click('#sign-up');
  await page.waitForSelector('#begin');
};
const begin = all(click('#begin'), shows('#secret'));
const password = (part: string, button: string) => fill(`password-${part}`, TEST_PASSWORD, button);
const folded = (part: string, button: string) => all(click(`#part-${part} summary`), password(part, button));
const setUp = all(password('app', '#set-up'), shows('#secret'));
const secretOn = async (page: Page) => (await page.textContent('#secret'))!.replaceAll(' ', '');
const confirm: Act = async (page) => fill('setup', codeOf(await secretOn(page)), '#confirm')(page, null!);
const mistype: Act = async (page) => fill('setup', wrongCodeOf(await secretOn(page)), '#confirm')(page, null!);

/** The second step of a sign-in, and the page of the account about it. */
export const TWO_FACTOR_ROWS: readonly PageRow[] = [
  { name: 'second step', path: signIn, then: firstStep },
  { name: 'second step, wrong', path: signIn, then: all(firstStep, wrongCode), status: 401 },
  { name: 'second step, backup code', path: signIn, then: all(firstStep, click('#backup-part summary')) },
  {
    name: 'second step, wrong backup code',
    path: signIn,
    then: all(firstStep, click('#backup-part summary'), fill('backup', 'ABCDE-FGHIJ', '#verify-backup')),
    status: 401,
  },
  {
    name: 'second step, over',
    path: signIn,
    then: all(
      firstStep,
      async (_page, { sql }) => sql('UPDATE auth_two_factor_challenge SET attempts = 5'),
      (page, { careful }) => fill('totp', codeOf(careful.secret), '#verify-totp')(page, null!),
    ),
    status: 401,
  },
  { name: 'second step by mail', path: (world) => byMail(world, false), then: firstStep },
  { name: 'second step by mail or app', path: (world) => byMail(world, true), then: all(firstStep, click('#send')) },
  { name: 'second step of somebody signed in', as: 'careful', path: `two-factor?continue=/api/auth/${FACTOR}` },
  { name: 'second step to set up', path: 'sign-up', then: mustHave },
  { name: 'second step being set up', path: 'sign-up', then: all(mustHave, begin) },
  {
    name: 'second step being set up, mistyped',
    path: 'sign-up',
    then: all(mustHave, begin, mistype),
    status: 401,
  },
  { name: 'two-step sign-in is off', as: 'newcomer', path: FACTOR },
  { name: 'two-step sign-in is on', as: 'careful', path: FACTOR },
  {
    name: 'two-step sign-in, all unfolded',
    as: 'careful',
    path: FACTOR,
    then: async (page) => {
      for (const summary of await page.locator('main summary').all()) await summary.click();
    },
  },
  {
    name: 'two-step sign-in by a wrong password',
    as: 'newcomer',
    path: FACTOR,
    then: fill('password-app', 'wrong', '#set-up'),
    status: 400,
  },
  { name: 'two-step sign-in, an app to scan', as: 'throwaway', path: FACTOR, then: setUp },
  { name: 'two-step sign-in, mistyped', as: 'throwaway', path: FACTOR, then: all(setUp, mistype), status: 401 },
  { name: 'two-step sign-in turned on', as: 'throwaway', path: FACTOR, then: all(setUp, confirm) },
  {
    name: 'two-step sign-in, new backup codes',
    as: 'throwaway',
    path: FACTOR,
    then: all(setUp, confirm, folded('codes', '#new-codes')),
  },
  {
    name: 'two-step sign-in turned off',
    as: 'throwaway',
    path: FACTOR,
    then: all(setUp, confirm, folded('remove', '#remove')),
  },
];
