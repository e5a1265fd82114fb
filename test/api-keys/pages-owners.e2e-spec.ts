import type { NamedOwner } from '../../src/index.js';
import { createKeyApp, type KeyApp } from '../support/api-keys.js';
import { mainOf, Visitor } from '../support/account-pages.js';
import { expectPage, textOf } from '../support/pages.js';

const KEYS = '/account/api-keys';
const NEW = `${KEYS}/new`;
const ACME: NamedOwner = { kind: 'organization', id: 'acme', name: 'Acme <b>Inc</b>' };
const ROBOT: NamedOwner = { kind: 'service', id: 'robot', name: 'Robot' };

describe('the pages of keys of organisations and services, and of several kinds', () => {
  let host: KeyApp;
  /** Who may act for which owner; the host's own table. */
  const members = new Map<string, NamedOwner[]>();
  beforeAll(async () => {
    host = await createKeyApp({
      configurations: [
        { configId: 'live', prefix: 'live_', references: 'organization', maxScopes: ['live:all'] },
        { configId: 'test', prefix: 'test_' },
      ],
      references: 'user',
      hooks: {
        listOwners: ({ principal }) => members.get(principal.subjectId) ?? [],
        authorizeOwner: ({ principal, owner }) =>
          (members.get(principal.subjectId) ?? []).some(({ kind, id }) => kind === owner.kind && id === owner.id),
      },
    });
  });
  afterAll(() => host.close());
  const member = async (...owners: NamedOwner[]) => {
    const visitor = await Visitor.come(host);
    members.set(visitor.user.id, owners);
    return visitor;
  };

  it('200 offers the owners that the host names, and the kinds that each can have', async () => {
    const ada = await member(ACME, ROBOT);
    const own = await ada.open(KEYS);
    expectPage(own);
    expect(mainOf(own)).toContain('<bdi>Acme &lt;b&gt;Inc&lt;/b&gt;</bdi>');
    expect(textOf(own, 'owners')).toContain('Robot');
    const kindsOf = async (owner: string) =>
      [...mainOf(await ada.open(`${NEW}?owner=${owner}`)).matchAll(/<bdi>(default|live|test)<\/bdi>/g)].map(
        ([, kind]) => kind,
      );
    expect(await kindsOf('')).toEqual(['default', 'test']);
    expect(await kindsOf('organization:acme')).toEqual(['live', 'test']);
    expect(await kindsOf('service:robot')).toEqual([]);
    expect(textOf(await (await member()).open(KEYS), 'owners')).toBeNull();
  });

  it('303 makes, shows, stops, replaces and deletes a key of an organisation', async () => {
    const ada = await member(ACME);
    const page = await ada.open(`${NEW}?owner=organization:acme`);
    const made = await ada.send(page, NEW, { name: 'deploy', scope: 'live:all' });
    const id = new URL(made.location!, host.url).searchParams.get('id')!;
    expect(await host.keys.get(id)).toMatchObject({
      ownerKind: 'organization',
      referenceId: 'acme',
      configId: 'live',
      createdBy: ada.user.id,
    });
    const shown = await ada.follow(made);
    expect(textOf(shown, 'secret')).toMatch(/^live_/);
    expect(shown.text).toContain(`href="/api/auth${KEYS}?owner=organization%3Aacme"`);
    expect(mainOf(await ada.open(`${KEYS}?owner=organization:acme`))).toContain('deploy');
    expect(mainOf(await ada.open(KEYS))).not.toContain('deploy');
    const key = await ada.open(`${KEYS}/key?id=${id}`);
    expect((await ada.submit(key, `${KEYS}/enable`)).status).toBe(200);
    const next = await ada.send(key, `${KEYS}/rotate`);
    expect(textOf(await ada.follow(next), 'secret')).toMatch(/^live_/);
    const asked = await ada.open(`${KEYS}/delete?id=${id}`);
    for (let time = 1; time <= 2; time++) {
      const gone = await ada.send(asked, `${KEYS}/delete`);
      expect(gone.location).toBe(`/api/auth${KEYS}?owner=organization%3Aacme&done=keyDeleted`);
    }
  });

  it('404 T018 an owner whom the host does not name, and their keys, also after the user has left', async () => {
    const [ada, bob] = [await member(ACME), await member()];
    const page = await ada.open(`${NEW}?owner=organization:acme`);
    const made = await ada.send(page, NEW, { name: 'ours' });
    const id = new URL(made.location!, host.url).searchParams.get('id')!;
    await ada.follow(made);
    const key = await ada.open(`${KEYS}/key?id=${id}`);
    expectPage(await bob.open(`${KEYS}?owner=organization:acme`), 404);
    expectPage(await bob.open(`${NEW}?owner=organization:acme`), 404);
    expectPage(await bob.open(`${KEYS}/key?id=${id}`), 404);
    members.set(ada.user.id, []);
    const fresh = { order: 'a'.repeat(43) };
    expectPage(await ada.send(page, NEW, { ...fresh, name: 'late' }), 404);
    expectPage(await ada.send(key, `${KEYS}/enable`), 404);
    expectPage(await ada.send(key, `${KEYS}/rotate`), 404);
    expect(await host.keys.get(id)).toMatchObject({ enabled: true, rotatedTo: null });
    expect((await host.keys.list({ owner: { kind: 'user', id: ada.user.id } })).total).toBe(0);
  });

  it('400 a kind that the owner cannot have makes no key', async () => {
    const ada = await member(ACME);
    const page = await ada.open(NEW);
    for (const configuration of ['live', 'unknown'])
      expectPage(await ada.send(page, NEW, { name: 'x', configuration }), 400);
    expect((await host.keys.list({ owner: { kind: 'user', id: ada.user.id } })).total).toBe(0);
  });

  it('a long list has pages', async () => {
    const ada = await member();
    for (let key = 1; key <= 26; key++) await host.issue({ owner: ada.user, name: `key ${key}.` });
    const first = await ada.open(KEYS);
    expect([mainOf(first).match(/class="usage"/g)!.length, textOf(first, 'newer')]).toEqual([25, null]);
    const second = await ada.open(/id="older" href="([^"]*)"/.exec(first.text)![1]!);
    expect(mainOf(second)).toContain('key 1.');
    expect(textOf(second, 'older')).toBeNull();
    expect(/id="newer" href="([^"]*)"/.exec(second.text)![1]).toBe(`/api/auth${KEYS}`);
    for (const odd of ['0', 'x', '99999999']) expect((await ada.open(`${KEYS}?page=${odd}`)).status).toBe(200);
  });
});
