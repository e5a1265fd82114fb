import { AREA, createAdministeredHost, follow, submit, type AdministeredHost } from '../support/administration.js';
import { CALLBACK, provesItself, register } from '../support/clients.js';
import { expectPage, textOf, valueOf, visit } from '../support/pages.js';

const CLIENTS = `${AREA}/clients`;
const HOSTILE = `</h2><script>alert(1)</script>"'\`&\u202e`;

describe('administration pages of clients', () => {
  let host: AdministeredHost;
  beforeAll(async () => {
    host = await createAdministeredHost();
  });
  afterAll(() => host.close());

  const open = (path: string) => visit(host, host.browser, path);
  const post = (path: string, fields: Record<string, string> | [string, string][]) => submit(host, path, fields);
  const newForm = async () => valueOf(await open(`${CLIENTS}/new`), 'form')!;
  const idIn = (location: string | null) => new URL(location!, host.url).searchParams.get('id')!;
  const count = async () => (await host.sql<{ n: number }>('SELECT count(*)::int AS n FROM auth_oauth_client'))[0]!.n;

  async function make(fields: Record<string, string> = {}) {
    const form = await newForm();
    const sent = await post(`${CLIENTS}/new`, { form, name: 'Films', kind: 'web', redirects: CALLBACK, ...fields });
    return { id: idIn(sent.location), sent };
  }

  it('303 makes a client, shows its secret once, and the secret works', async () => {
    const form = await newForm();
    const fields: [string, string][] = [
      ['form', form],
      ['name', 'Films'],
      ['kind', 'web'],
      ['redirects', `${CALLBACK}\r\nhttps://films.example/other`],
      ['scope', 'openid'],
      ['scope', 'read:data'],
    ];
    const sent = await post(`${CLIENTS}/new`, fields);
    expect(sent.location).not.toMatch(/nacs/);
    const shown = await follow(host, host.browser, sent);
    const [id, secret] = [idIn(sent.location), textOf(shown, 'secret')!];
    expect(textOf(shown, 'done')).toBe('The application has been created.');
    expect(textOf(shown, 'client-id')).toBe(id);
    for (const fact of [CALLBACK, 'https://films.example/other', 'read:data', 'the administration'])
      expect(shown.text).toContain(fact);
    expect(await provesItself(host, id, secret)).toBe(true);
    const again = await open(sent.location!);
    expect([again.status, textOf(again, 'secret')]).toEqual([200, null]);
    expect(again.text).not.toContain(secret);
  });

  it('303 the same form sent twice, also at the same moment, makes one client', async () => {
    const before = await count();
    const fields = { form: await newForm(), name: 'Twice', kind: 'web', redirects: CALLBACK };
    const answers = await Promise.all([post(`${CLIENTS}/new`, fields), post(`${CLIENTS}/new`, fields)]);
    expect(answers.map(({ status }) => status)).toEqual([303, 303]);
    const third = await follow(host, host.browser, await post(`${CLIENTS}/new`, fields));
    expect(textOf(third, 'done')).toMatch(/already sent/);
    expect(await count()).toBe(before + 1);
  });

  it('F35 303 what was refused is done when it is sent again, corrected, from the page before', async () => {
    const before = await count();
    const fields = { form: await newForm(), name: 'Corrected', kind: 'web' };
    expectPage(await post(`${CLIENTS}/new`, { ...fields, redirects: `${CALLBACK}#fragment` }), 400);
    const sent = await post(`${CLIENTS}/new`, { ...fields, redirects: CALLBACK });
    expect(textOf(await follow(host, host.browser, sent), 'secret')).not.toBeNull();
    expect(await count()).toBe(before + 1);
  });

  it.each<[string, string, RegExp]>([
    ['public', 'none', /authorization_code/],
    ['device', 'none', /device_code/],
    ['service', 'client_secret_basic', /client_credentials/],
  ])('303 a client of the kind %s authenticates by %s', async (kind, method, grant) => {
    const { sent } = await make({ kind, redirects: kind === 'public' ? CALLBACK : '', scope: 'read:data' });
    const shown = await follow(host, host.browser, sent);
    expect(shown.text).toContain(`<code>${method}</code>`);
    expect(shown.text).toMatch(grant);
    expect(textOf(shown, 'secret') === null).toBe(method === 'none');
    expect(shown.text.includes('id="rotate"')).toBe(method !== 'none');
  });

  it('400 says beside the field what is wrong, keeps what was entered, and makes nothing', async () => {
    const before = await count();
    const form = await newForm();
    const wrong = await post(`${CLIENTS}/new`, { form, name: 'Films', kind: 'web', redirects: 'javascript:alert(1)' });
    expect(wrong.status).toBe(400);
    expect(textOf(wrong, 'redirects-fault')).toMatch(/not accepted/);
    expect(wrong.text).toContain('aria-invalid="true"');
    expect(valueOf(wrong, 'name')).toBe('Films');
    expect(textOf(wrong, 'redirects')).toBe('javascript:alert(1)');
    expect(valueOf(wrong, 'form')).not.toBe(form);
    const unseen = await post(`${CLIENTS}/new`, { form: 'x', name: '\u200b', kind: 'device' });
    expectPage(unseen, 400);
    expect(textOf(unseen, 'error')).toMatch(/not accepted/);
    const unknown = await post(`${CLIENTS}/new`, { form: 'y', name: 'Films', kind: 'device', scope: 'everything' });
    expect([unknown.status, textOf(unknown, 'error') !== null]).toEqual([400, true]);
    expect(await count()).toBe(before);
  });

  it('303 replaces a secret: the old one works for as long as was asked, and a second press ends nothing', async () => {
    const { id, sent } = await make();
    const page = await follow(host, host.browser, sent);
    const old = textOf(page, 'secret')!;
    const form = valueOf(page, 'form')!;
    const rotated = await post(`${CLIENTS}/rotate`, { id, form, overlap: '3600' });
    const secret = textOf(await follow(host, host.browser, rotated), 'secret')!;
    const again = await follow(host, host.browser, await post(`${CLIENTS}/rotate`, { id, form, overlap: '3600' }));
    expect([textOf(again, 'done'), textOf(again, 'secret')]).toEqual([expect.stringMatching(/already/), null]);
    for (const one of [old, secret]) expect(await provesItself(host, id, one)).toBe(true);
    const next = await post(`${CLIENTS}/rotate`, { id, form: valueOf(again, 'form')!, overlap: '0' });
    expect(next.status).toBe(303);
    for (const one of [old, secret]) expect(await provesItself(host, id, one)).toBe(false);
    expectPage(await post(`${CLIENTS}/rotate`, { id, form: 'z', overlap: '12' }), 400);
  });

  it('T107 303 disables and enables, twice without an error', async () => {
    const { id, sent } = await make();
    const secret = textOf(await follow(host, host.browser, sent), 'secret')!;
    for (const enabled of ['false', 'false', 'true', 'true']) {
      const shown = await follow(host, host.browser, await post(`${CLIENTS}/enable`, { id, enabled }));
      expect(shown.text.includes('id="enable"')).toBe(enabled === 'false');
      expect(await provesItself(host, id, secret)).toBe(enabled === 'true');
    }
    expectPage(await post(`${CLIENTS}/enable`, { id: 'nobody', enabled: 'false' }), 404);
  });

  it('T093 F36 a client that registered itself is marked, its name escaped, and its logo not shown', async () => {
    const { body } = await register(host, {
      redirect_uris: [CALLBACK],
      client_name: '<img src=x>Films',
      logo_uri: 'https://evil.example/logo.png',
      token_endpoint_auth_method: 'none',
    });
    await host.sql(
      `UPDATE auth_oauth_client SET metadata = jsonb_set(metadata, '{client_name}', $2) WHERE client_id = $1`,
      [body.client_id, JSON.stringify(HOSTILE.repeat(20))],
    );
    for (const path of [`${CLIENTS}?search=${body.client_id}`, `${CLIENTS}/client?id=${body.client_id}`]) {
      const page = await open(path);
      expectPage(page);
      expect(page.text).toContain('unverified');
      expect(page.text).not.toMatch(/evil\.example|<script|\u202e/);
    }
    expect((await open(`${CLIENTS}/client?id=${body.client_id}`)).text).toContain('itself, without a token');
  });

  it('200 finds by name and id, and long lists have pages', async () => {
    await host.sql(`INSERT INTO auth_subject (subject) SELECT 'client:many' || n FROM generate_series(1, 120) n`);
    await host.sql(`INSERT INTO auth_oauth_client (client_id, registered_by, metadata, policy, origins, created_at)
      SELECT 'many' || n, 'administration', jsonb_build_object('client_name', 'Many ' || n, 'redirect_uris', '[]'::jsonb,
        'grant_types', '[]'::jsonb, 'token_endpoint_auth_method', 'none'), '{}', '{}', now() - n * interval '1 day'
      FROM generate_series(1, 120) n`);
    const names = (text: string) => [...text.matchAll(/<strong><bdi>(Many \d+)</g)].map((match) => match[1]);
    const first = await open(`${CLIENTS}?search=Many`);
    expect(names(first.text)).toHaveLength(50);
    expect([textOf(first, 'older'), textOf(first, 'newer')]).toEqual(['Older', null]);
    const last = await open(`${CLIENTS}?search=Many&page=3`);
    expect(names(last.text)).toHaveLength(20);
    expect([textOf(last, 'older'), textOf(last, 'newer')]).toEqual([null, 'Newer']);
    expect(new Set([...names(first.text), ...names(last.text)]).size).toBe(70);
    expect(names((await open(`${CLIENTS}?search=many7`)).text)).toEqual(['Many 7']);
    expect(textOf(await open(`${CLIENTS}?search=nothing-like-it`), 'none')).toMatch(/No application/);
    for (const page of ['0', '-1', 'x', '9999999999']) expectPage(await open(`${CLIENTS}?page=${page}`));
    expect(textOf(await open(`${CLIENTS}?search=Many&page=900`), 'newer')).toBe('Newer');
  });
});
