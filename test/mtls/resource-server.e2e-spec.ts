import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { io } from 'socket.io-client';
import { BearerAuth, type ResourceServerOptions } from '../../src/resource-server/index.js';
import { escapedPem, issue } from '../support/certificates.js';
import { send } from '../support/http.js';
import { IntrospectionEndpoint } from '../support/introspection-endpoint.js';
import { clientCert, outcome } from '../support/mtls.js';
import { OutsideIssuer } from '../support/outside-issuer.js';
import { API, createResourceServer, type ResourceServer } from '../support/resource-server.js';

@WebSocketGateway()
class NewsGateway {
  @SubscribeMessage('news') @BearerAuth() news() {
    return { event: 'news', data: 'heard' };
  }
}

const one = issue();
const other = issue();
const INVALID = [401, 'invalid_token'];
const CNF = { 'x5t#S256': one.thumbprint };

describe.each(['express', 'fastify'] as const)(
  'tokens that are bound to a certificate at a resource server on %s',
  (adapter) => {
    let issuer: OutsideIssuer;
    let endpoint: IntrospectionEndpoint;
    let host: ResourceServer | undefined;
    beforeAll(async () => {
      issuer = await new OutsideIssuer().start();
      endpoint = await new IntrospectionEndpoint().start();
      Object.assign(endpoint, {
        answer: () => ({ active: true, sub: 'ann', aud: API, token_type: 'Bearer', cnf: CNF }),
      });
    });
    afterEach(() => host?.close());
    afterAll(() => Promise.all([issuer.stop(), endpoint.stop()]));

    const start = async (options: Partial<ResourceServerOptions>) => {
      const introspection = { endpoint: endpoint.url, clientId: 'api', clientSecret: 'a secret' };
      const issuers = [{ issuer: issuer.url, introspection }];
      host = await createResourceServer(
        { issuers, audience: API, allowPrivateNetwork: true, ...options },
        { adapter, providers: [NewsGateway] },
      );
    };
    const me = (token: string, headers: Record<string, string> = {}) =>
      send(`${host!.url}/api/me`, { bearer: token, headers });
    const jwt = () => issuer.token({ aud: API, cnf: CNF });

    it('T162, RFC 8705 3: a JWT and an opaque token are good with their certificate alone', async () => {
      await start({ mtls: {}, trustProxy: ['loopback'] });
      for (const token of [await jwt(), 'opaque']) {
        for (let times = 0; times < 2; times += 1) {
          expect(await me(token, clientCert(one))).toMatchObject({ status: 200, body: { confirmation: CNF } });
          expect(outcome(await me(token, clientCert(other)))).toEqual(INVALID);
          expect(outcome(await me(token))).toEqual(INVALID);
        }
        expect(outcome(await me(token, { 'client-cert': 'x' }))).toEqual([400, 'invalid_request']);
      }
    });

    it('RFC 8705 3: without mtls, and from anybody but a trusted proxy, such a token is refused', async () => {
      await start({});
      expect(outcome(await me(await jwt(), clientCert(one)))).toEqual(INVALID);
      await host!.close();
      await start({ mtls: {}, trustProxy: ['192.0.2.1'] });
      expect(outcome(await me(await jwt(), clientCert(one)))).toEqual(INVALID);
    });

    it('RFC 8705 3: from a header of another form, and by a function', async () => {
      await start({ mtls: { header: 'X-Client-Cert', format: 'urlencoded-pem' }, trustProxy: ['loopback'] });
      expect(outcome(await me(await jwt(), { 'x-client-cert': escapedPem(one) }))).toBe(200);
      await host!.close();
      await start({ mtls: { getCertificate: ({ headers }) => (headers['x-one'] ? { certificate: one.der } : null) } });
      expect(outcome(await me(await jwt(), { 'x-one': '1' }))).toBe(200);
      expect(outcome(await me(await jwt()))).toEqual(INVALID);
    });

    it('RFC 8705 3: each message over a socket is of the connection that showed the certificate', async () => {
      await start({ mtls: {}, trustProxy: ['loopback'] });
      const said = async (headers: Record<string, string>, token: string) => {
        const extraHeaders = { authorization: `Bearer ${token}`, ...headers };
        const socket = io(host!.url, { transports: ['websocket'], reconnection: false, forceNew: true, extraHeaders });
        const answer = await new Promise<string>((resolve) => {
          socket.on('news', resolve);
          socket.on('connect_error', () => resolve('refused'));
          socket.on('exception', () => resolve('refused'));
          socket.emit('news');
        });
        socket.close();
        return answer;
      };
      const token = await jwt();
      expect(await said(clientCert(one), token)).toBe('heard');
      expect(await said(clientCert(other), token)).toBe('refused');
      expect(await said({}, token)).toBe('refused');
    });

    it('RFC 9440 4: mtls without trusted proxies stops the start', () => {
      const options = { issuers: [{ issuer: issuer.url }], audience: API, allowPrivateNetwork: true, mtls: {} };
      return expect(createResourceServer(options)).rejects.toThrow(/^mtls: without trustProxy/);
    });
  },
);
