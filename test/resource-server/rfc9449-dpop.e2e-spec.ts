import { DpopKey } from '../support/dpop.js';
import { send } from '../support/http.js';
import { OutsideIssuer } from '../support/outside-issuer.js';
import { API, createResourceServer, type ResourceServer } from '../support/resource-server.js';

const issuer = await new OutsideIssuer().start();
const ME = `${API}/api/me`;

describe.each(['express', 'fastify'] as const)(
  'RFC 9449 7: bound tokens of others, without a database, on %s',
  (adapter) => {
    const key = new DpopKey();
    const options = { issuers: [{ issuer: issuer.url }], audience: API, allowPrivateNetwork: true };
    let host: ResourceServer;
    let closed: ResourceServer;
    beforeAll(async () => {
      host = await createResourceServer({ ...options, dpop: { origins: [API] } }, { adapter });
      closed = await createResourceServer(options, { adapter });
    });
    afterAll(() => Promise.all([host.close(), closed.close()]));

    const token = (cnf: object) => issuer.token({ aud: API, client_id: 'shop', cnf });
    const get = (server: ResourceServer, bearer: string, dpop?: string, scheme = 'DPoP') =>
      send(`${server.url}/api/me`, {
        headers: { authorization: `${scheme} ${bearer}`, ...(dpop !== undefined && { dpop }) },
      });

    it('7.1: takes one with the proof of its key, once; the principal says so', async () => {
      const bearer = await token({ jkt: key.thumbprint });
      const proof = key.proof({ method: 'GET', url: ME, token: bearer });
      expect(await get(host, bearer, proof)).toMatchObject({
        status: 200,
        body: { confirmation: { jkt: key.thumbprint } },
      });
      const again = await get(host, bearer, proof);
      expect(again).toMatchObject({ status: 401, body: { error: 'invalid_dpop_proof' } });
      expect(again.headers.get('www-authenticate')).toContain('DPoP realm="api", error="invalid_dpop_proof"');
    });

    it.each([
      ['as a bearer token', () => undefined, 'Bearer'],
      ['without a proof', () => undefined, 'DPoP'],
      [
        'with the proof of another key',
        (bearer: string) => new DpopKey().proof({ method: 'GET', url: ME, token: bearer }),
        'DPoP',
      ],
      [
        'with a proof for another server',
        (bearer: string) => key.proof({ method: 'GET', url: 'https://b.example/api/me', token: bearer }),
        'DPoP',
      ],
      ['with a proof for another token', () => key.proof({ method: 'GET', url: ME, token: 'another' }), 'DPoP'],
    ])('7.2: refuses one %s', async (_name, proofOf, scheme) => {
      const bearer = await token({ jkt: key.thumbprint });
      expect(await get(host, bearer, proofOf(bearer), scheme)).toMatchObject({ status: 401 });
    });

    it.each([{ kid: 'a-key' }, { jkt: 'short' }, { jkt: key.thumbprint, kid: 'a' }, { 'x5t#S256': key.thumbprint }])(
      'RFC 7800 3: refuses one that is bound by %j, which cannot be checked here',
      async (cnf) => {
        const bearer = await token(cnf);
        expect(await get(host, bearer, undefined, 'Bearer')).toMatchObject({
          status: 401,
          body: { error: 'invalid_token' },
        });
      },
    );

    it('without dpop.origins no bound token is taken', async () => {
      const bearer = await token({ jkt: key.thumbprint });
      const proof = key.proof({ method: 'GET', url: ME, token: bearer });
      expect(await get(closed, bearer, proof)).toMatchObject({ status: 401, body: { error: 'invalid_token' } });
    });
  },
);
