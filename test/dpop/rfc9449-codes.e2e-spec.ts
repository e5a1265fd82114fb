import { createTestApp, type TestApp } from '../support/app.js';
import { answerIn } from '../support/authorization.js';
import { DpopKey } from '../support/dpop.js';
import { PAR_URL, redeem, told } from '../support/dpop-grants.js';
import { APP, authorizeQuery, Navigator, obtainCode, pkce, providerOptions, WEB } from '../support/oauth.js';
import { open, push, pushForm } from '../support/pushed-requests.js';

describe('RFC 9449 10: codes that are bound to a key', () => {
  let host: TestApp;
  let browser: Navigator;
  beforeAll(async () => {
    host = await createTestApp({ auth: providerOptions() });
    browser = new Navigator(host);
    await browser.signUp();
  });
  afterAll(() => host.close());

  const bearer = { status: 200, body: { token_type: 'Bearer' } };
  const bound = { status: 200, body: { token_type: 'DPoP' } };

  it.each([WEB, APP])(
    'RFC 9449 5: a code that names no key is good with any key and with none, $clientId',
    async (client) => {
      expect(await redeem(host, client, await obtainCode(browser, client), new DpopKey())).toMatchObject(bound);
      expect(await redeem(host, client, await obtainCode(browser, client))).toMatchObject(bearer);
    },
  );

  it.each([WEB, APP])(
    'T155 RFC 9449 10: dpop_jkt: another key and none are invalid_grant, and cost no code, $clientId',
    async (client) => {
      const key = new DpopKey();
      const grant = await obtainCode(browser, client, { dpop_jkt: key.thumbprint });
      expect(told(await redeem(host, client, grant, new DpopKey()))).toBe('400 invalid_grant');
      expect(told(await redeem(host, client, grant))).toBe('400 invalid_grant');
      expect(await redeem(host, client, grant, key)).toMatchObject(bound);
      expect(told(await redeem(host, client, grant, key))).toBe('400 invalid_grant');
    },
  );

  const pushedCode = async (client: typeof WEB, form: Record<string, string>, header?: string) => {
    const { verifier, challenge } = pkce();
    const query = new URLSearchParams({
      ...Object.fromEntries(new URLSearchParams(authorizeQuery(client, { code_challenge: challenge }))),
      ...form,
    });
    const answer = await pushForm(host, client, query, header === undefined ? {} : { dpop: header });
    if (answer.status !== 201) return told(answer);
    const { code } = answerIn(await open(browser, client, answer.body.request_uri), client);
    return { code: code!, verifier };
  };

  it('RFC 9449 10.1: at PAR the parameter, the proof and both bind the code', async () => {
    await obtainCode(browser, WEB);
    const key = new DpopKey();
    const named = { dpop_jkt: key.thumbprint };
    const proof = () => key.proof({ url: PAR_URL });
    for (const [form, header] of [[named], [{}, proof()], [named, proof()]] as [Record<string, string>, string?][]) {
      const grant = await pushedCode(WEB, form, header);
      if (typeof grant === 'string') throw new Error(grant);
      expect(told(await redeem(host, WEB, grant, new DpopKey()))).toBe('400 invalid_grant');
      expect(told(await redeem(host, WEB, grant))).toBe('400 invalid_grant');
      expect(await redeem(host, WEB, grant, key)).toMatchObject(bound);
    }
  });

  it('RFC 9449 10.1: another dpop_jkt than the key of the proof is invalid_request', async () => {
    const header = new DpopKey().proof({ url: PAR_URL });
    expect(await pushedCode(WEB, { dpop_jkt: new DpopKey().thumbprint }, header)).toBe('400 invalid_request');
  });

  it('RFC 9449 4.3: a proof for PAR is none for the token endpoint, and a used one is refused at PAR', async () => {
    const key = new DpopKey();
    const proof = key.proof({ url: PAR_URL });
    expect((await push(host, WEB, {}, { dpop: proof })).status).toBe(201);
    expect(told(await push(host, WEB, {}, { dpop: proof }))).toBe('400 invalid_dpop_proof');
    const grant = await obtainCode(browser, WEB);
    expect(told(await redeem(host, WEB, grant, key.proof({ url: PAR_URL })))).toBe('400 invalid_dpop_proof');
    expect(await redeem(host, WEB, grant, key)).toMatchObject(bound);
  });

  it('RFC 9449 10: a code that was asked for by a bound request is not bought by a proof of the same key for another address', async () => {
    const key = new DpopKey();
    const grant = await obtainCode(browser, WEB, { dpop_jkt: key.thumbprint });
    const elsewhere = key.proof({ url: 'https://evil.example/api/auth/oauth2/token' });
    expect(told(await redeem(host, WEB, grant, elsewhere))).toBe('400 invalid_dpop_proof');
    expect(await redeem(host, WEB, grant, key)).toMatchObject(bound);
  });
});
