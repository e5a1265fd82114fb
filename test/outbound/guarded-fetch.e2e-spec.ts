import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:https';
import { createServer as createTcpServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { GuardedFetch } from '../../src/common/outbound/guarded-fetch.js';
import { OutboundFault } from '../../src/common/outbound/outbound-fault.js';
import { selfSigned } from '../support/self-signed.js';
import { startUpstream, type Upstream } from '../support/upstream.js';

const MODULE = new URL('../../dist/src/common/outbound/guarded-fetch.js', import.meta.url).href;

describe('T096 outbound requests', () => {
  let upstream: Upstream;
  let secure: Server;
  let folder: string;
  const strict = new GuardedFetch({ allowPrivateNetwork: false });
  const lax = new GuardedFetch({ allowPrivateNetwork: true });
  const port = () => new URL(upstream.origin).port;
  const securePort = () => (secure.address() as AddressInfo).port;

  beforeAll(async () => {
    upstream = await startUpstream();
    folder = await mkdtemp(join(tmpdir(), 'nest-authority-tls-'));
    const { certificate, privateKey } = selfSigned('localhost');
    await writeFile(join(folder, 'ca.pem'), certificate);
    secure = createServer({ cert: certificate, key: privateKey }, (_, response) => response.end('secure'));
    await new Promise<void>((resolve) => secure.listen(0, '127.0.0.1', resolve));
  });
  afterAll(async () => {
    await upstream.close();
    secure.closeAllConnections();
    await new Promise((resolve) => secure.close(resolve));
    await rm(folder, { recursive: true });
  });
  beforeEach(() => {
    upstream.seen.length = 0;
    upstream.answer({ body: { ok: true } });
  });

  const faultOf = async (call: Promise<unknown>): Promise<OutboundFault> => {
    const fault: unknown = await call.catch((thrown: unknown) => thrown);
    expect(fault).toBeInstanceOf(OutboundFault);
    return fault as OutboundFault;
  };

  it.each([
    ['a name of loopback', () => `https://localhost:${port()}/`],
    ['plain http to it', () => `http://localhost:${port()}/`],
    ['its address', () => `https://127.0.0.1:${port()}/`],
    ['its address in other clothes', () => `https://0x7f000001:${port()}/`],
    ['a mapped address', () => `https://[::ffff:127.0.0.1]:${port()}/`],
    ['any address', () => `https://0.0.0.0:${port()}/`],
    ['cloud metadata', () => 'http://169.254.169.254/latest/meta-data/'],
    ['a private address', () => 'https://10.0.0.1/'],
    ['another protocol', () => 'file:///etc/passwd'],
    ['credentials in the address', () => `https://user:word@example.com/`],
    ['no address', () => 'not an address'],
  ])('refuses %s, and connects to nothing', async (_, address) => {
    const fault = await faultOf(strict.fetch(address()));
    expect(fault.reason).toBe('address_refused');
    expect(fault.message).not.toContain('word');
    expect(upstream.seen).toHaveLength(0);
  });

  it.each([
    ['any address', () => `http://0.0.0.0:${port()}/`],
    ['cloud metadata', () => 'http://169.254.169.254/latest/meta-data/'],
    ['plain http to a private address', () => 'http://10.0.0.1/'],
  ])('with allowPrivateNetwork refuses %s still', async (_, address) => {
    expect((await faultOf(lax.fetch(address()))).reason).toBe('address_refused');
    expect(upstream.seen).toHaveLength(0);
  });

  it('with allowPrivateNetwork reaches loopback, by name and by address', async () => {
    for (const host of ['localhost', '127.0.0.1']) {
      const answer = await lax.fetch(`http://${host}:${port()}/path?query`, {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams({ a: 'ü' }),
      });
      expect([answer.status, await answer.json()]).toEqual([200, { ok: true }]);
      expect(upstream.seen.at(-1)).toMatchObject({ path: '/path?query', headers: { host: `${host}:${port()}` } });
      expect(upstream.seen.at(-1)!.form.get('a')).toBe('ü');
    }
  });

  it('follows no redirect', async () => {
    upstream.answer({ status: 302, headers: { location: '/elsewhere' }, body: '' });
    const answer = await lax.fetch(upstream.origin);
    expect([answer.status, answer.headers.get('location')]).toEqual([302, '/elsewhere']);
    expect(upstream.seen).toHaveLength(1);
  });

  it.each([204, 304, 404, 500])('%s is an answer', async (status) => {
    upstream.answer((_, response) => void response.writeHead(status).end());
    expect((await lax.fetch(upstream.origin)).status).toBe(status);
  });

  it.each([
    ['timeout', 'headers that never come', () => undefined],
    [
      'timeout',
      'a body that never ends',
      (_: unknown, response: { write(text: string): unknown }) => void response.write('x'),
    ],
    [
      'answer_too_large',
      'a body of 70 KB',
      (_: unknown, response: { end(text: string): unknown }) => void response.end('x'.repeat(70_000)),
    ],
    [
      'malformed_answer',
      'a compressed body',
      (_: unknown, response: { setHeader(name: string, value: string): unknown; end(): unknown }) => {
        response.setHeader('content-encoding', 'br');
        response.end();
      },
    ],
    [
      'malformed_answer',
      'headers without end',
      (_: unknown, response: { setHeader(name: string, value: string): unknown; end(): unknown }) => {
        response.setHeader('x-long', 'x'.repeat(20_000));
        response.end();
      },
    ],
  ] as const)('%s: %s', async (reason, _, behaviour) => {
    upstream.answer(behaviour as never);
    expect((await faultOf(lax.fetch(upstream.origin, { timeoutMilliseconds: 300 }))).reason).toBe(reason);
  });

  it('unreachable: a port where nobody listens, a name that does not exist', async () => {
    const closed = createTcpServer();
    await new Promise<void>((resolve) => closed.listen(0, '127.0.0.1', resolve));
    const { port: free } = closed.address() as AddressInfo;
    await new Promise((resolve) => closed.close(resolve));
    expect((await faultOf(lax.fetch(`http://127.0.0.1:${free}/`))).reason).toBe('unreachable');
    expect(['unreachable', 'timeout']).toContain((await faultOf(strict.fetch('https://nobody.invalid/'))).reason);
  });

  it('https: a certificate nobody trusts is refused; a trusted one must be that of the name', async () => {
    expect((await faultOf(lax.fetch(`https://localhost:${securePort()}/`))).reason).toBe('unreachable');
    const trusting = async (host: string) => {
      const script = `
        const { GuardedFetch } = await import(${JSON.stringify(MODULE)});
        const guarded = new GuardedFetch({ allowPrivateNetwork: true });
        const call = guarded.fetch('https://${host}:${securePort()}/').then((answer) => answer.text());
        console.log(await call.catch(({ reason, message }) => reason + ' ' + message));`;
      const env = { ...process.env, NODE_EXTRA_CA_CERTS: join(folder, 'ca.pem') };
      const run = promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], { env });
      return (await run).stdout.trim();
    };
    expect(await trusting('localhost')).toBe('secure');
    expect(await trusting('127.0.0.1')).toMatch(/^unreachable .*ERR_TLS_CERT_ALTNAME_INVALID$/);
  });
});
