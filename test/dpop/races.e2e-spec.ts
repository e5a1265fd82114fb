import { createTestApp, type TestApp } from '../support/app.js';
import { liveFamilies } from '../support/authorization.js';
import { MACHINE } from '../support/client-auth.js';
import { DpopKey } from '../support/dpop.js';
import {
  askTokens,
  boundTokens,
  redeem,
  renew,
  spentProofs,
  told,
  tokenProof,
  visit,
  PAR_URL,
} from '../support/dpop-grants.js';
import { addressOf, REPORTS_PATH, ReportsController } from '../support/dpop-doors.js';
import type { Answer } from '../support/http.js';
import { APP, Navigator, obtainCode, providerOptions, WEB } from '../support/oauth.js';
import { push } from '../support/pushed-requests.js';

const PARALLEL = 50;
const OWN = { grant_type: 'client_credentials' };

describe('RFC 9449 11.1: races of proofs on two applications', () => {
  let hosts: TestApp[];
  let browser: Navigator;
  let userId: string;
  const key = new DpopKey();
  beforeAll(async () => {
    const options = {
      controllers: [ReportsController],
      auth: providerOptions({ clients: [WEB, APP, MACHINE] }, { clientCredentials: true, cacheTtl: '60s' }),
      poolSize: 15,
    };
    const first = await createTestApp(options);
    hosts = [first, await createTestApp({ ...options, databaseUrl: first.databaseUrl })];
  });
  afterAll(async () => {
    for (const host of hosts.reverse()) await host.close();
  });
  beforeEach(async () => {
    browser = new Navigator(hosts[0]!);
    userId = await browser.signUp();
  });

  /** Fifty at once, on both. @returns how many had which outcome */
  async function race(ask: (host: TestApp, index: number) => Promise<Answer>): Promise<Record<string, number>> {
    const answers = await Promise.all(Array.from({ length: PARALLEL }, (_, index) => ask(hosts[index % 2]!, index)));
    const counts: Record<string, number> = {};
    for (const answer of answers) counts[told(answer)] = (counts[told(answer)] ?? 0) + 1;
    return counts;
  }

  it('T151 B5: one of 50 uses of a proof at the token endpoint, and one token', async () => {
    const proof = tokenProof(key);
    const before = await spentProofs(hosts[0]!);
    expect(await race((host) => askTokens(host, MACHINE, OWN, proof))).toEqual({
      '200': 1,
      '400 invalid_dpop_proof': 49,
    });
    expect(await spentProofs(hosts[0]!)).toBe(before + 1);
  });

  it('B5: one of 50 proofs with the same jti, each signed anew', async () => {
    const outcomes = await race((host, index) =>
      askTokens(host, MACHINE, OWN, tokenProof(key, { claims: { jti: 'one', index } })),
    );
    expect(outcomes).toEqual({ '200': 1, '400 invalid_dpop_proof': 49 });
  });

  it('T156 B5: fifty keys with the same jti do not hinder one another', async () => {
    const keys = Array.from({ length: PARALLEL }, () => new DpopKey());
    const outcomes = await race((host, index) =>
      askTokens(host, MACHINE, OWN, tokenProof(keys[index]!, { claims: { jti: 'two' } })),
    );
    expect(outcomes).toEqual({ '200': 50 });
  });

  it('T151 B5: one of 50 uses of a proof at a guarded route', async () => {
    const { body } = await askTokens(hosts[0]!, MACHINE, OWN, key);
    const token: string = body.access_token;
    const proof = key.proof({ method: 'GET', url: addressOf(REPORTS_PATH), token });
    expect(await race((host) => visit(host, REPORTS_PATH, token, proof))).toEqual({
      '200': 1,
      '401 invalid_dpop_proof': 49,
    });
  });

  it('T151 B5: one of 50 uses of a proof at PAR, and one request that waits', async () => {
    const proof = key.proof({ url: PAR_URL });
    const waiting = async () => (await hosts[0]!.sql('SELECT id FROM auth_authorization_request')).length;
    const before = await waiting();
    const outcomes = await race((host) => push(host, WEB, {}, { dpop: proof }));
    expect(outcomes).toEqual({ '201': 1, '400 invalid_dpop_proof': 49 });
    expect(await waiting()).toBe(before + 1);
  });

  it.each([WEB, APP])('T070: one of 50 uses of a code, each with a proof of its own, $clientId', async (client) => {
    const grant = await obtainCode(browser, client, { dpop_jkt: key.thumbprint });
    expect(await race((host) => redeem(host, client, grant, key))).toEqual({ '200': 1, '400 invalid_grant': 49 });
    expect(await liveFamilies(hosts[0]!, userId)).toBe(0);
  });

  it('T070, B12: one of 50, of which 49 have other keys: those cost the code nothing, and end nothing', async () => {
    const grant = await obtainCode(browser, APP, { dpop_jkt: key.thumbprint });
    const outcomes = await race((host, index) => redeem(host, APP, grant, index === 20 ? key : new DpopKey()));
    expect(outcomes).toEqual({ '200': 1, '400 invalid_grant': 49 });
    expect(await liveFamilies(hosts[0]!, userId)).toBe(1);
  });

  it('B5: one of 50 refreshes with the same proof', async () => {
    const { refresh_token: token } = await boundTokens(browser, APP, key);
    const proof = tokenProof(key);
    expect(await race((host) => renew(host, APP, token, proof))).toEqual({ '200': 1, '400 invalid_dpop_proof': 49 });
    expect(await liveFamilies(hosts[0]!, userId)).toBe(1);
  });

  it('B15: 50 refreshes, each with a proof of its own, get the same successors', async () => {
    const { refresh_token: token } = await boundTokens(browser, APP, key);
    const answers = await Promise.all(
      Array.from({ length: PARALLEL }, (_, index) => renew(hosts[index % 2]!, APP, token, key)),
    );
    expect(new Set(answers.map(({ status, body }) => `${status} ${body.access_token}`)).size).toBe(1);
    expect(answers[0]!.status).toBe(200);
  });
});
