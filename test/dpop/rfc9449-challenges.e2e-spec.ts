import { ApiKeysService } from '../../src/index.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { DpopKey } from '../support/dpop.js';
import * as doors from '../support/dpop-doors.js';
import { askTokens, boundTokens, told, visit } from '../support/dpop-grants.js';
import { MACHINE } from '../support/client-auth.js';
import { send } from '../support/http.js';
import { Navigator, providerOptions, WEB } from '../support/oauth.js';

const ALGS = 'algs="ES256 EdDSA Ed25519 PS256 ES384 ES512"';
const REALM = 'realm="localhost:3000"';
const BARE = `DPoP ${REALM}, ${ALGS}`;
const error = (scheme: string, name: string) =>
  expect.stringMatching(new RegExp(`^${scheme} ${REALM}, error="${name}"`));
/** The path of a route that takes bound tokens only. */
const SEALED = '/host/sealed';

describe.each(['express', 'fastify'] as const)('RFC 9449 7.1: challenges on %s', (adapter) => {
  let host: TestApp;
  let bearer: string;
  let bound: string;
  let userId: string;
  const key = new DpopKey();
  beforeAll(async () => {
    host = await createTestApp({
      adapter,
      controllers: [doors.ReportsController],
      auth: providerOptions({ clients: [WEB, MACHINE] }, { apiKeys: true, clientCredentials: true }),
    });
    const browser = new Navigator(host);
    userId = await browser.signUp();
    bearer = (await boundTokens(browser, WEB, undefined)).access_token;
    bound = (await boundTokens(browser, WEB, key)).access_token;
  });
  afterAll(() => host.close());

  const knock = async (path: string, lines: readonly string[], proofs: readonly string[] = []) => {
    const { status, body, challenges } = await doors.knock(host, { name: '', method: 'GET', path, lines }, proofs);
    return { status, error: body?.error, challenges };
  };
  const by = (scheme: string, token: string) => [`Authorization: ${scheme} ${token}`];
  const proofFor = (path: string, token: string) => key.proof({ method: 'GET', url: doors.addressOf(path), token });

  describe.each([doors.REPORTS_PATH, doors.USERINFO_PATH])('at %s', (path) => {
    it('0.4, B18: Bearer alone for who has not tried DPoP', async () => {
      expect(await knock(path, [])).toMatchObject({ status: 401, challenges: [`Bearer ${REALM}`] });
      expect((await knock(path, by('Bearer', 'garbage'))).challenges).toEqual([error('Bearer', 'invalid_token')]);
    });

    it('RFC 9449 7.1, 0.4: who has tried DPoP gets the error under DPoP, and Bearer bare before it', async () => {
      const refused = (name: string) => ({ status: 401, challenges: [`Bearer ${REALM}`, error('DPoP', name)] });
      expect(await knock(path, by('DPoP', 'garbage'), [proofFor(path, 'garbage')])).toMatchObject(
        refused('invalid_token'),
      );
      expect(await knock(path, by('DPoP', bound))).toMatchObject(refused('invalid_dpop_proof'));
      expect(await knock(path, by('DPoP', bound), ['garbage'])).toMatchObject(refused('invalid_dpop_proof'));
      const { challenges } = await knock(path, by('DPoP', bound));
      expect(challenges[1]).toMatch(new RegExp(`, ${ALGS}$`));
    });

    it('T150 RFC 9449 7.2, B17: a bound token as Bearer, with its proof and without', async () => {
      const refused = { status: 401, challenges: [error('Bearer', 'invalid_token')] };
      expect(await knock(path, by('Bearer', bound))).toMatchObject(refused);
      expect(await knock(path, by('Bearer', bound), [proofFor(path, bound)])).toMatchObject(refused);
    });

    it('B17: an unbound token under DPoP, and a proof beside one', async () => {
      const proof = () => [proofFor(path, bearer)];
      expect(await knock(path, by('DPoP', bearer), proof())).toMatchObject({ status: 401 });
      expect(await knock(path, by('DPoP', bearer))).toMatchObject({ status: 401 });
      expect(await knock(path, by('Bearer', bearer), proof())).toMatchObject({ status: 401 });
      expect(await knock(path, by('Bearer', bearer), ['garbage'])).toMatchObject({ status: 401 });
      expect(await knock(path, by('Bearer', bearer))).toMatchObject({ status: 200 });
    });

    it.each(['DPoP', 'dpop', 'DPOP', 'dPoP'])('B16: the scheme as %s, and the header in any case', async (scheme) => {
      expect((await knock(path, by(scheme, bound), [proofFor(path, bound)])).status).toBe(200);
      const door = { name: '', method: 'GET', path, lines: by(scheme, bound) } as const;
      for (const name of ['DPOP', 'dpop', 'dPoP'])
        expect((await doors.knock(host, door, [proofFor(path, bound)], name)).status).toBe(200);
    });

    it('B17: two Authorization headers are 400', async () => {
      const lines = [...by('DPoP', bound), ...by('Bearer', bearer)];
      expect(await knock(path, lines, [proofFor(path, bound)])).toMatchObject({ status: 400 });
      expect(await knock(path, lines.toReversed(), [proofFor(path, bound)])).toMatchObject({ status: 400 });
    });

    it.each(['DPoP', 'DPoP ', 'DPoP a b', 'DPoP "a"', 'DPoP ,'])('B16: %p is malformed', async (value) => {
      const answer = await knock(path, [`Authorization: ${value}`]);
      expect([400, 401]).toContain(answer.status);
      expect(answer.challenges.length).toBeGreaterThan(0);
    });
  });

  it('RFC 9449 7.1: a bound token that lacks a scope is 403 under DPoP', async () => {
    const { body } = await askTokens(host, MACHINE, { grant_type: 'client_credentials' }, key);
    const path = doors.USERINFO_PATH;
    const answer = await knock(path, by('DPoP', body.access_token), [proofFor(path, body.access_token)]);
    expect(answer).toMatchObject({ status: 403, challenges: [`Bearer ${REALM}`, error('DPoP', 'insufficient_scope')] });
  });

  it("B21: @BearerAuth({ dpop: 'required' }) offers DPoP alone, and takes bound tokens alone", async () => {
    expect(await knock(SEALED, [])).toMatchObject({ status: 401, challenges: [BARE] });
    expect(await knock(SEALED, by('Bearer', bearer))).toMatchObject({ status: 401, error: 'invalid_token' });
    expect(told(await visit(host, SEALED, bound, key))).toBe('200');
    expect(told(await visit(host, SEALED, bound, new DpopKey()))).toBe('401 invalid_token');
  });

  it('B17: POST of userinfo takes no bound token in its form', async () => {
    const url = host.url + doors.USERINFO_PATH;
    const dpop = key.proof({ url: doors.addressOf(doors.USERINFO_PATH), token: bound });
    const body = new URLSearchParams({ access_token: bound });
    expect(told(await send(url, { body, headers: { dpop } }))).toBe('401 invalid_token');
    const headers = { dpop, authorization: `DPoP ${bound}` };
    expect(told(await send(url, { method: 'POST', headers }))).toBe('200');
  });

  it('API keys are untouched: a proof beside one is not looked at, and DPoP is no scheme of theirs', async () => {
    const keys = host.app.get(ApiKeysService, { strict: false });
    const { key: apiKey } = await keys.create({ owner: { kind: 'user', id: userId }, name: 'k' });
    expect(told(await send(`${host.url}/host/keys`, { headers: { 'x-api-key': apiKey, dpop: 'garbage' } }))).toBe(
      '200',
    );
    const proof = key.proof({ method: 'GET', url: doors.addressOf('/host/keys'), token: apiKey });
    const under = await knock('/host/keys', by('DPoP', apiKey), [proof]);
    expect([under.status, under.error]).toEqual([401, 'invalid_token']);
    expect(under.challenges.join()).not.toMatch(/DPoP/);
  });
});
