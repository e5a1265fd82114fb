import { createKeyApp, type KeyApp } from '../support/api-keys.js';
import { send } from '../support/http.js';
import { signUp, type SignedInUser } from '../support/users.js';

describe('owners of keys', () => {
  let host: KeyApp;
  let member: SignedInUser;
  let stranger: SignedInUser;
  const asked: string[] = [];
  beforeAll(async () => {
    host = await createKeyApp({
      configurations: [{ configId: 'org', prefix: 'org_', references: 'organization' }],
      hooks: {
        authorizeOwner: ({ principal, owner, action }) => {
          asked.push(action);
          return owner.kind === 'organization' && owner.id === 'acme' && principal.subjectId === member.id;
        },
      },
    });
    [member, stranger] = [await signUp(host.url), await signUp(host.url)];
  });
  afterAll(() => host.close());

  it('200 a member makes, lists, reads, changes and ends keys of their organisation', async () => {
    const made = await host.call(member, 'create', { name: 'acme key', organizationId: 'acme' });
    expect(made.body).toMatchObject({ referenceId: 'acme', ownerKind: 'organization', createdBy: member.id });
    const { id, key } = made.body;
    expect((await host.call(member, 'list?organizationId=acme')).body.total).toBe(1);
    expect((await host.call(member, 'list')).body.total).toBe(0);
    expect((await host.call(member, `get?id=${id}`)).body.id).toBe(id);
    expect((await host.call(member, 'update', { keyId: id, name: 'renamed' })).body.name).toBe('renamed');
    const principal = await send(`${host.url}/host/either`, { bearer: key });
    expect(principal.body).toMatchObject({
      kind: 'client',
      subjectId: 'acme',
      claims: { apiKey: { owner: { kind: 'organization', id: 'acme' } } },
    });
    const next = await host.call(member, 'rotate', { keyId: id });
    expect((await host.call(member, 'revoke', { keyId: next.body.id })).status).toBe(200);
    expect(new Set(asked)).toEqual(new Set(['create', 'read', 'update', 'rotate', 'revoke']));
  });

  it('403 or 404 for a stranger, and nothing changes', async () => {
    const { id } = await host.issue({ owner: { kind: 'organization', id: 'acme' } });
    const refused = await host.call(stranger, 'create', { organizationId: 'acme' });
    expect([refused.status, refused.body.code]).toEqual([403, 'USER_NOT_MEMBER_OF_ORGANIZATION']);
    expect((await host.call(stranger, 'list?organizationId=acme')).status).toBe(403);
    expect((await host.call(stranger, `get?id=${id}`)).body.code).toBe('KEY_NOT_FOUND');
    expect((await host.call(stranger, 'revoke', { keyId: id })).body.code).toBe('KEY_NOT_FOUND');
    expect((await host.keys.get(id)).revokedAt).toBeNull();
  });

  it('400 when a configuration is for organisations and none is named', async () => {
    const answer = await host.call(member, 'create', { configId: 'org' });
    expect([answer.status, answer.body.code]).toEqual([400, 'ORGANIZATION_ID_REQUIRED']);
  });

  it("an organisation's key outlives its creator; the creator's own keys end with them", async () => {
    const { UsersService } = await import('../../src/index.js');
    const admin = await signUp(host.url);
    const own = await host.issue({ owner: admin });
    const shared = await host.issue({ owner: { kind: 'organization', id: 'acme' }, createdBy: admin.id });
    await Promise.all([host.use(own.key), host.use(shared.key)]);
    await host.app.get(UsersService).forget(admin.id);
    expect([(await host.use(own.key)).status, (await host.use(shared.key)).status]).toEqual([401, 200]);
    expect(await host.sql('SELECT id FROM auth_api_key WHERE id = $1', [own.id])).toEqual([]);
  });

  it('all keys of an organisation or a service end in one call, also those of the same id but another kind live on', async () => {
    const service = await host.issue({ owner: { kind: 'service', id: 'mailer' } });
    const organisation = await host.issue({ owner: { kind: 'organization', id: 'mailer' } });
    await Promise.all([host.use(service.key), host.use(organisation.key)]);
    await host.keys.endOwner({ kind: 'service', id: 'mailer' }, 'disabled');
    expect([(await host.use(service.key)).status, (await host.use(organisation.key)).status]).toEqual([401, 200]);
    await expect(host.issue({ owner: { kind: 'service', id: 'mailer' } })).rejects.toMatchObject({
      code: 'OWNER_NOT_FOUND',
    });
    expect(await host.keys.enableOwner({ kind: 'service', id: 'mailer' })).toBe(true);
    const again = await host.issue({ owner: { kind: 'service', id: 'mailer' } });
    expect((await host.use(again.key)).status).toBe(200);
    expect((await host.use(service.key)).status).toBe(401);
  });

  it('403 for every other owner where the host gives no hook', async () => {
    const plain = await createKeyApp();
    try {
      const ada = await signUp(plain.url);
      const { id } = await plain.issue({ owner: { kind: 'organization', id: 'acme' } });
      expect((await plain.call(ada, 'create', { organizationId: 'acme' })).status).toBe(403);
      expect((await plain.call(ada, 'create', { serviceId: 'x' })).body.code).toBe('OWNER_NOT_ALLOWED');
      expect((await plain.call(ada, `get?id=${id}`)).status).toBe(404);
    } finally {
      await plain.close();
    }
  });
});
