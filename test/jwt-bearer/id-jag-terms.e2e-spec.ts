import { decodeJwt } from 'jose';
import { AuthError, type AssertionGrant } from '../../src/index.js';
import { TEST_ISSUER, type TestApp } from '../support/app.js';
import {
  AGENT,
  AssertionIssuer,
  createAssertionHost,
  linkAccount,
  outcome,
  present,
  seconds,
} from '../support/assertions.js';
import { API, OTHER_API, proof, RESOURCE_SERVER, submit } from '../support/client-auth.js';
import { signUp, type SignedInUser } from '../support/users.js';

describe('what an assertion buys', () => {
  let host: TestApp;
  let user: SignedInUser;
  let seen: AssertionGrant[] = [];
  let answer: (grant: AssertionGrant) => readonly string[] | void = () => undefined;
  const idp = new AssertionIssuer();
  const narrow = new AssertionIssuer();

  beforeAll(async () => {
    await Promise.all([idp.start(), narrow.start()]);
    const authorize = (grant: AssertionGrant) => {
      seen.push(grant);
      return answer(grant);
    };
    host = await createAssertionHost(
      [
        { issuer: idp.url, type: 'id-jag', algorithms: ['ES256'] },
        { issuer: narrow.url, type: 'id-jag', algorithms: ['ES256'], scopes: ['read'], resources: [OTHER_API] },
      ],
      { clients: [AGENT, RESOURCE_SERVER], auth: { rateLimits: true, jwtBearer: { authorize } } },
    );
    user = await signUp(host.url);
    for (const { url } of [idp, narrow]) await linkAccount(host, user.id, url);
  });
  beforeEach(() => {
    seen = [];
    answer = () => undefined;
  });
  afterAll(async () => {
    await host.close();
    await Promise.all([idp.stop(), narrow.stop()]);
  });

  const by = async (claims = {}, fields: Record<string, string> = {}) => present(host, await idp.idJag(claims), fields);
  const read = async (token: string) =>
    (await submit(host, 'oauth2/introspect', { token }, proof(RESOURCE_SERVER))).body;

  it('T195 EMA 7.2.1 (I23): scopes are those asked for that the assertion has; none of them is invalid_scope', async () => {
    expect(outcome(await by({}, { scope: 'write admin' }))).toBe('200 write');
    expect(outcome(await by({ scope: 'read' }, { scope: 'read write' }))).toBe('200 read');
    expect(outcome(await by({ scope: 'admin' }))).toBe('400 invalid_scope');
    expect(outcome(await by({ scope: 'read' }, { scope: 'write' }))).toBe('400 invalid_scope');
    expect(outcome(await by({ scope: undefined }))).toBe('200 read write');
    for (const scope of [1, null, ['read'], { read: true }, 'a"b', ''])
      expect([scope, (await by({ scope })).status]).toEqual([scope, 400]);
  });

  it('T195 EMA 7.6.2 (I24): a resource that is none of ours is invalid_grant; one that was not granted invalid_target', async () => {
    for (const resource of [
      'https://elsewhere.example',
      `${API}/other`,
      '',
      1,
      null,
      {},
      [],
      [API, 'https://elsewhere.example'],
      [[API]],
    ])
      expect([resource, outcome(await by({ resource }))]).toEqual([resource, '400 invalid_grant']);
    expect(outcome(await by({}, { resource: OTHER_API }))).toBe('400 invalid_target');
    expect(outcome(await by({ resource: [API, OTHER_API] }, { resource: API }))).toBe('200 read write');
    const both = await by({ resource: [API, OTHER_API], scope: 'read' });
    expect(decodeJwt(both.body.access_token)).toMatchObject({ aud: [API, OTHER_API] });
  });

  it('EMA 5.1 (I23): without a resource the request says it, or there is only one', async () => {
    expect(outcome(await by({ resource: undefined }))).toBe('400 invalid_target');
    const asked = await by({ resource: undefined }, { resource: API });
    expect((await read(asked.body.access_token)).aud).toBe(API);
    const only = await present(host, await narrow.idJag({ resource: undefined }));
    expect(decodeJwt(only.body.access_token)).toMatchObject({ aud: OTHER_API, scope: 'read' });
  });

  it('T195 RFC 7523 3 (I12): scopes and resources of the issuer bound those of its assertions', async () => {
    expect(outcome(await present(host, await narrow.idJag()))).toBe('400 invalid_grant');
    expect(outcome(await present(host, await narrow.idJag({ resource: undefined }), { resource: API }))).toBe(
      '400 invalid_target',
    );
    expect(outcome(await present(host, await narrow.idJag({ resource: OTHER_API, scope: 'write' })))).toBe(
      '400 invalid_scope',
    );
    expect(outcome(await present(host, await narrow.idJag({ resource: OTHER_API })))).toBe('200 read');
  });

  it('RFC 8693 4.1 (I14): who acts there is who acts here, under the name of their issuer', async () => {
    const { body } = await by({ resource: OTHER_API, act: { sub: 'bot', act: { sub: 'ours', iss: TEST_ISSUER } } });
    expect(decodeJwt(body.access_token)['act']).toEqual({
      sub: 'bot',
      iss: idp.url,
      act: { sub: 'ours', iss: TEST_ISSUER },
    });
  });

  it('EMA 7.2.1 (I30): the host is asked last, with user, scopes and sign-in, and may narrow or refuse', async () => {
    const time = seconds() - 60;
    answer = ({ scopes }) => ['admin', ...scopes.filter((scope) => scope === 'read')];
    const { body } = await by({ acr: 'urn:mfa', amr: ['hwk'], auth_time: time });
    expect(body.scope).toBe('read');
    expect(seen).toMatchObject([
      {
        issuer: idp.url,
        scopes: ['read', 'write'],
        resources: [API],
        acr: 'urn:mfa',
        amr: ['hwk'],
        client: { clientId: 'agent' },
      },
    ]);
    expect([seen[0]!.user.id, seen[0]!.authenticatedAt]).toEqual([user.id, new Date(time * 1000)]);
    // What the sign-in was there, means nothing to our own strengths; when it was, does.
    expect(await read(body.access_token)).toMatchObject({ auth_time: time });
    expect(await read(body.access_token)).not.toHaveProperty('acr');
    answer = () => [];
    expect(outcome(await by())).toBe('400 invalid_scope');
    for (const no of [false, null, true, 'read'] as unknown as readonly string[][]) {
      answer = () => no;
      expect([no, outcome(await by())]).toEqual([no, '400 invalid_grant']);
    }
    answer = () => {
      throw new AuthError({
        status: 400,
        code: 'STEP_UP',
        error: 'insufficient_user_authentication',
        description: 'sign in again',
      });
    };
    const jag = await idp.idJag();
    expect(outcome(await present(host, jag))).toBe('400 insufficient_user_authentication');
    answer = () => undefined;
    expect(outcome(await present(host, jag))).toBe('200 read write');
  });

  it('EMA 7.5.1 (I30): a client that brings too many assertions of one issuer waits; nothing is spent, and those of others are taken', async () => {
    const jag = await idp.idJag();
    expect(outcome(await by())).toBe('200 read write');
    await host.sql(`UPDATE auth_rate_limit SET points = points + 6000 WHERE key LIKE 'assertion-issuer:%'`);
    const { status, headers } = await present(host, jag);
    expect([status, Number(headers.get('retry-after'))]).toEqual([429, expect.any(Number)]);
    await host.sql(`DELETE FROM auth_rate_limit WHERE key LIKE 'assertion-issuer:%'`);
    expect(outcome(await present(host, await narrow.idJag({ resource: OTHER_API })))).toBe('200 read');
    const hits = await host.sql(`SELECT points FROM auth_rate_limit WHERE key LIKE 'assertion-issuer:%'`);
    expect(outcome(await present(host, jag))).toBe('200 read write');
    const after = await host.sql(`SELECT points FROM auth_rate_limit WHERE key LIKE 'assertion-issuer:%'`);
    expect([hits.length, after.length]).toEqual([1, 2]);
  });
});
