import { TEST_ISSUER, createTestApp, type TestApp } from '../support/app.js';
import * as auth from '../support/client-auth.js';
import { DpopKey } from '../support/dpop.js';
import { FORGED_PROOFS, type ForgedProof } from '../support/dpop-forged.js';
import * as doors from '../support/dpop-doors.js';
import { basic, Navigator, obtainCode, providerOptions, tokenRequest, WEB } from '../support/oauth.js';

const { assertionOf, byAssertion, clientKey } = auth;

describe.each(['express', 'fastify'] as const)('RFC 9449 4.3: forged proofs on %s', (adapter) => {
  let host: TestApp;
  const key = new DpopKey();
  let code: doors.Door;
  let refresh: doors.Door;
  let par: doors.Door;
  let resources: readonly doors.Door[];

  beforeAll(async () => {
    const signing = await clientKey();
    const signer = {
      ...WEB,
      clientId: 'signer',
      clientSecret: undefined,
      tokenEndpointAuthMethod: 'private_key_jwt' as const,
      metadata: { jwks: { keys: [signing.jwk] } },
    };
    host = await createTestApp({
      adapter,
      controllers: [doors.ReportsController],
      auth: providerOptions({ clients: [WEB, signer as never], codeTTL: '10m' }, { cacheTtl: '60s' }),
    });
    const browser = new Navigator(host);
    await browser.signUp();
    const assertion = () =>
      assertionOf('signer', signing, { exp: Math.floor(Date.now() / 1000) + 900, aud: TEST_ISSUER });
    const grant = await obtainCode(browser, signer as never);
    const authorization = [`Authorization: ${basic(WEB.clientId, WEB.clientSecret!).authorization}`];
    code = {
      name: 'the token endpoint, with a code and an assertion',
      method: 'POST',
      path: doors.TOKEN_PATH,
      form: {
        grant_type: 'authorization_code',
        code: grant.code,
        code_verifier: grant.verifier,
        redirect_uri: WEB.redirectUris![0]!,
        ...byAssertion(await assertion()),
      },
    };
    const mine = await obtainCode(browser, WEB, { scope: 'openid offline_access' });
    const { body } = await tokenRequest(host, WEB, {
      grant_type: 'authorization_code',
      code: mine.code,
      code_verifier: mine.verifier,
      redirect_uri: WEB.redirectUris![0],
    });
    refresh = {
      name: 'the token endpoint, with a refresh token',
      method: 'POST',
      path: doors.TOKEN_PATH,
      lines: authorization,
      form: { grant_type: 'refresh_token', refresh_token: body.refresh_token },
    };
    par = {
      name: 'PAR',
      method: 'POST',
      path: doors.PAR_PATH,
      form: { ...doors.parForm(), client_id: 'signer', ...byAssertion(await assertion()) },
    };
    const other = await obtainCode(browser, WEB);
    const form = {
      grant_type: 'authorization_code',
      code: other.code,
      code_verifier: other.verifier,
      redirect_uri: WEB.redirectUris![0]!,
    };
    const door = { ...refresh, form };
    const bound = await doors.knock(host, door, [doors.goodProof(key, door)]);
    const { access_token: token } = bound.body;
    resources = [
      { name: 'userinfo', method: 'GET', path: doors.USERINFO_PATH, token },
      { name: 'a guarded route', method: 'GET', path: doors.REPORTS_PATH, token },
    ];
    await host.sql('DELETE FROM auth_spent_jwt');
  });
  afterAll(() => host.close());

  const spent = async () => {
    const [row] = await host.sql<{ proofs: number; assertions: number; pushed: number }>(
      `SELECT (SELECT count(*)::int FROM auth_spent_jwt) AS proofs,
              (SELECT count(*)::int FROM auth_client_assertion) AS assertions,
              (SELECT count(*)::int FROM auth_authorization_request WHERE session_id IS NULL) AS pushed`,
    );
    return row;
  };
  const NOTHING = { proofs: 0, assertions: 0, pushed: 0 };

  /** What each door answers to it. */
  async function answers(forged: ForgedProof): Promise<Record<string, string>> {
    const asked = forged.only === 'resource' ? resources : [code, refresh, par, ...resources];
    const told = await Promise.all(
      asked.map(async (door) => {
        const made = forged.make(key, doors.termsOf(door));
        const proofs = Array.isArray(made) ? (made as string[]) : [made as string | Buffer];
        return [door.name, doors.outcome(await doors.knock(host, door, proofs))] as const;
      }),
    );
    return Object.fromEntries(told);
  }

  function expected({ error = 'invalid_dpop_proof', only }: ForgedProof): Record<string, string> {
    const atResources = error === 'invalid_request' ? 400 : 401;
    return Object.fromEntries([
      ...(only === 'resource' ? [] : [code, refresh, par].map(({ name }) => [name, `400 ${error}`])),
      ...resources.map(({ name }) => [name, `${atResources} ${error}`]),
    ]);
  }

  it('are more than 120', () => {
    const titles = FORGED_PROOFS.map(({ title }) => title);
    expect(new Set(titles).size).toBe(titles.length);
    expect(titles.length).toBeGreaterThanOrEqual(120);
  });

  it.each(FORGED_PROOFS)('T152 4.3, B1, B24: $title', async (forged) => {
    expect(await answers(forged)).toEqual(expected(forged));
  });

  it('B13: none of them has cost a code, a refresh token, an assertion or a row', async () => {
    expect(await spent()).toEqual(NOTHING);
    for (const door of [code, refresh, par, ...resources]) {
      const { status, body } = await doors.knock(host, door, [doors.goodProof(key, door)]);
      expect([door.name, status, body?.error]).toEqual([door.name, door === par ? 201 : 200, undefined]);
    }
    expect(await spent()).toEqual({ proofs: 5, assertions: 2, pushed: 1 });
  });
});
