import { AREA, createAdministeredHost, follow, type AdministeredHost } from '../support/administration.js';
import { register, SMALLEST } from '../support/clients.js';
import { expectPage, sendForm, textOf, valueOf, visit } from '../support/pages.js';

const TOKENS = `${AREA}/registration-tokens`;

describe('administration page of initial access tokens', () => {
  let host: AdministeredHost;
  beforeAll(async () => {
    host = await createAdministeredHost({
      oauthProvider: { scopes: ['openid', 'profile', 'email'], dynamicRegistration: 'authenticated' },
    });
  });
  afterAll(() => host.close());

  const open = (path = TOKENS) => visit(host, host.browser, path);
  const post = (fields: Record<string, string>, path = TOKENS) => sendForm(host, host.browser, path, fields);
  const count = async () =>
    (await host.sql<{ n: number }>('SELECT count(*)::int AS n FROM auth_initial_access_token'))[0]!.n;
  const newForm = async () => valueOf(await open(), 'form')!;

  it('303 makes a token, shows it once, and it registers as often as was asked', async () => {
    const sent = await post({ form: await newForm(), name: 'Partner <b>', uses: '1', lifetime: '7' });
    const shown = await follow(host, host.browser, sent);
    const token = textOf(shown, 'secret')!;
    expect(sent.location).not.toContain(token);
    expect(shown.text).toContain('<bdi>Partner &lt;b&gt;</bdi>');
    expect(textOf(await open(sent.location!), 'secret')).toBeNull();
    expect((await register(host, SMALLEST, { bearer: token })).status).toBe(201);
    expect((await register(host, SMALLEST, { bearer: token })).status).toBe(401);
    expect((await open()).text).toContain('used up');
  });

  it('303 the same form sent twice makes one token', async () => {
    const before = await count();
    const fields = { form: await newForm(), lifetime: '0' };
    const answers = await Promise.all([post(fields), post(fields), post(fields)]);
    for (const answer of answers) await follow(host, host.browser, answer);
    expect(await count()).toBe(before + 1);
    expect((await open()).text).toContain('Without a name');
  });

  it.each<[string, Record<string, string>, string]>([
    ['a number that is none', { uses: 'many' }, 'uses-fault'],
    ['no use at all', { uses: '0' }, 'uses-fault'],
    ['a name that cannot be seen', { name: '\u200b\u202e' }, 'name-fault'],
    ['a name that is too long', { name: 'n'.repeat(201) }, 'name-fault'],
  ])('400 says beside the field what is wrong: %s', async (_, fields, fault) => {
    const before = await count();
    const page = await post({ form: await newForm(), lifetime: '7', ...fields });
    expectPage(page, 400);
    expect(textOf(page, fault)).not.toBeNull();
    expect(await count()).toBe(before);
  });

  it('400 for a lifetime that is not offered', async () => {
    expectPage(await post({ form: await newForm(), lifetime: '5' }), 400);
  });

  it('303 revokes, twice without an error', async () => {
    const sent = await post({ form: await newForm(), name: 'Short', lifetime: '1' });
    const token = textOf(await follow(host, host.browser, sent), 'secret')!;
    const id = new URL(sent.location!, host.url).searchParams.get('id')!;
    for (let round = 0; round < 2; round++) {
      const page = await follow(host, host.browser, await post({ id }, `${TOKENS}/revoke`));
      expect(textOf(page, 'done')).toBe('The registration token has been revoked.');
      expect(page.text).not.toContain(id);
    }
    expect((await register(host, SMALLEST, { bearer: token })).status).toBe(401);
  });

  it('200 says where tokens have no effect: registration is off', async () => {
    expect((await open()).text).not.toContain('Registration is off');
    const off = await createAdministeredHost({ oauthProvider: { scopes: ['openid'] } });
    try {
      expect((await visit(off, off.browser, TOKENS)).text).toContain('Registration is off');
    } finally {
      await off.close();
    }
  });
});
