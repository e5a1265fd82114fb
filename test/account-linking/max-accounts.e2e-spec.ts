import { Browser } from '../support/browser.js';
import {
  accountsOf,
  createLinkingHost,
  linkThrough,
  localUser,
  signInThrough,
  somebody,
  type LinkingHost,
} from '../support/linking.js';
import { locationOf, post } from '../support/travel.js';

describe('F10: how many accounts a user may link', () => {
  let linking: LinkingHost;
  beforeAll(async () => {
    linking = await createLinkingHost();
  });
  afterAll(() => linking.close());

  const fill = (subject: string, count: number) =>
    linking.host.sql(
      `INSERT INTO auth_linked_account (id, subject, provider_id, issuer, account_id)
       SELECT gen_random_uuid(), $1, 'test-idp', 'https://other.example', $1 || n FROM generate_series(1, $2::int) AS n`,
      [subject, count],
    );
  const held = async (subject: string) =>
    (
      await linking.host.sql<{ n: number }>('SELECT count(*)::int AS n FROM auth_linked_account WHERE subject = $1', [
        subject,
      ])
    )[0]!.n;

  it('F10: the 50th is linked, the 51st is refused and nothing of it is kept; one that is linked goes on signing in', async () => {
    const { host, idp } = linking;
    const { person, email } = somebody(idp);
    const { browser, id } = await localUser(host, email);
    await fill(id, 49);
    expect(locationOf(await linkThrough(host, browser))).toBe('/settings');
    expect(await held(id)).toBe(50);
    idp.people.set('another', { email, email_verified: true, name: 'Ada' });
    idp.person = 'another';
    expect(locationOf(await linkThrough(host, browser))).toContain('error=account_limit_reached');
    expect(await held(id)).toBe(50);
    idp.person = person;
    expect(locationOf(await signInThrough(host, new Browser()))).toBe('/home');
    const [first] = await accountsOf(host, browser);
    expect(first).toBeDefined();
    await linking.host.sql(`DELETE FROM auth_linked_account WHERE subject = $1 AND account_id = $1 || '1'`, [id]);
    idp.person = 'another';
    expect(locationOf(await linkThrough(host, browser))).toBe('/settings');
    expect((await post(host, browser, 'sign-out', {})).status).toBe(200);
  });
});
