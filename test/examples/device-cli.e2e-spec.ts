import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';

const CLI = fileURLToPath(new URL('../../examples/device-cli/device-cli.mjs', import.meta.url));
/** What a poll gets: a broken connection, a status, or tokens. */
type PollAnswer = 'reset' | 503 | 200;

/** Against our own server it is in device.e2e-spec. */
describe('the command line of examples/ at a server that is away', () => {
  let server: Server;
  let origin: string;
  let expiresIn: number;
  /** One after the other; the last one for ever. */
  let answers: PollAnswer[];
  const polls: number[] = [];

  beforeAll(async () => {
    server = createServer((request, response) => {
      if (request.url === '/code')
        return json(response, {
          device_code: 'd',
          user_code: 'u',
          verification_uri: origin,
          verification_uri_complete: origin,
          interval: 0.05,
          expires_in: expiresIn,
        });
      if (request.url === '/me') return json(response, { sub: 'somebody' });
      if (request.url !== '/token') return json(response, metadata());
      polls.push(performance.now());
      const answer = answers.length > 1 ? answers.shift()! : answers[0]!;
      if (answer === 'reset') return void request.socket.resetAndDestroy();
      return json(response, answer === 200 ? { access_token: 'a' } : {}, answer);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => void server.close());

  const metadata = () => ({
    issuer: origin,
    device_authorization_endpoint: `${origin}/code`,
    token_endpoint: `${origin}/token`,
    userinfo_endpoint: `${origin}/me`,
  });

  async function run(seconds: number, ...list: PollAnswer[]): Promise<{ code: number | null; output: string }> {
    [expiresIn, answers] = [seconds, list];
    polls.length = 0;
    const child = spawn(process.execPath, [CLI, '--issuer', origin], { env: { PATH: process.env['PATH'] ?? '' } });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (bytes) => void (output += String(bytes)));
    const [code] = (await once(child, 'close')) as [number | null];
    return { code, output };
  }

  it('RFC 8628 3.5 asks again, each time later, until it is back', async () => {
    const { code, output } = await run(60, 'reset', 503, 200);
    expect([code, output]).toEqual([0, expect.stringContaining('Signed in as somebody')]);
    expect(polls).toHaveLength(3);
    expect(polls[2]! - polls[1]!).toBeGreaterThan(150);
  });

  it.each(['reset', 503] as const)('RFC 8628 3.2 gives up when the code has expired: %s', async (answer) => {
    const { code, output } = await run(1, answer);
    expect([code, output]).toEqual([3, expect.stringContaining('expired')]);
  });
});

function json(response: ServerResponse, body: object, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
