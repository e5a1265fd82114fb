import { createOAuthApp, MACHINE, watchStatements } from '../support/client-auth.js';
import type { TestApp } from '../support/app.js';
import { DpopKey } from '../support/dpop.js';
import { askTokens, tokenProof, visit } from '../support/dpop-grants.js';
import { addressOf, REPORTS_PATH, ReportsController } from '../support/dpop-doors.js';

const OWN = { grant_type: 'client_credentials' };
const JWT = { ...MACHINE, clientId: 'jwt-machine', accessTokenFormat: 'jwt' as const };

describe.each([
  ['database', 'off', ['auth_spent_jwt_spend']],
  ['database', 'required', ['auth_spent_jwt_spend']],
  ['memory', 'required', []],
] as const)('B20: statements of bound tokens, resourceReplay %s, nonce %s', (resourceReplay, nonce, each) => {
  let host: TestApp;
  let during: ReturnType<typeof watchStatements>;
  beforeAll(async () => {
    host = await createOAuthApp({
      clients: [MACHINE, JWT],
      controllers: [ReportsController],
      auth: { cacheTtl: '60s', dpop: { resourceReplay, nonce }, sweep: { enabled: false } },
    });
    during = watchStatements(host);
  });
  afterAll(() => host.close());

  it.each([MACHINE, JWT])('a token of $clientId: one for the proof, or none', async (client) => {
    const key = new DpopKey();
    const first = await askTokens(host, client, OWN, key);
    const known = first.headers.get('dpop-nonce');
    const more = known === null ? {} : { nonce: known };
    const { body } = await askTokens(host, client, OWN, tokenProof(key, more));
    const token: string = body.access_token;
    const proof = () => key.proof({ method: 'GET', url: addressOf(REPORTS_PATH), token, ...more });
    expect((await visit(host, REPORTS_PATH, token, proof())).status).toBe(200);
    const once = proof();
    expect(await during(() => visit(host, REPORTS_PATH, token, once))).toEqual(each);
    expect((await visit(host, REPORTS_PATH, token, once)).status).toBe(401);
    // Garbage costs none.
    for (const dpop of [
      undefined,
      'garbage',
      new DpopKey().proof({ method: 'GET', url: addressOf(REPORTS_PATH), token, ...more }),
    ])
      expect(await during(() => visit(host, REPORTS_PATH, token, dpop))).toEqual([]);
    const { body: plain } = await askTokens(host, client, OWN);
    await visit(host, REPORTS_PATH, plain.access_token, undefined, 'Bearer');
    expect(await during(() => visit(host, REPORTS_PATH, plain.access_token, undefined, 'Bearer'))).toEqual([]);
  });

  it.each([MACHINE, JWT])('the token endpoint: one more than without a proof, $clientId', async (client) => {
    const key = new DpopKey();
    const first = await askTokens(host, client, OWN, key);
    const known = first.headers.get('dpop-nonce');
    const more = known === null ? {} : { nonce: known };
    const unbound = await during(() => askTokens(host, client, OWN));
    const bound = await during(() => askTokens(host, client, OWN, tokenProof(key, more)));
    expect(bound.toSorted()).toEqual([...unbound, 'auth_spent_jwt_spend'].toSorted());
    expect(await during(() => askTokens(host, client, OWN, 'garbage'))).toEqual([]);
  });
});
