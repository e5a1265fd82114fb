import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { TEST_SECRET, type TestApp } from '../support/app.js';
import { ENTRA_SECRET, GRAPH_SCOPE, startEntra, type Entra } from '../support/entra.js';
import { age, outboundHost, outboundTo } from '../support/outbound.js';
import { until } from '../support/until.js';
import { granted, startUpstream, type Upstream } from '../support/upstream.js';

const PROCESSES = 4;
const CALLERS = 300;
const ROUNDS = 5;
const CHILD = fileURLToPath(new URL('../support/outbound-child.mjs', import.meta.url));

interface Outcome {
  accessToken?: string;
  expiresAt?: string;
  status?: number;
  code?: string;
}

describe(`outbound tokens, ${PROCESSES} processes on one database`, () => {
  let entra: Entra;
  let upstream: Upstream;
  let host: TestApp;
  let children: ChildProcess[];

  beforeAll(async () => {
    [entra, upstream] = await Promise.all([startEntra(), startUpstream()]);
    const { applications, providers, timeout } = outboundTo(upstream, ['failing', 'crash']);
    const options = {
      timeout,
      applications: { ...applications, 'graph-api': { scope: [GRAPH_SCOPE] } },
      providers: {
        ...providers,
        microsoft: {
          tenantId: 'tenant-1',
          clientId: 'daemon',
          clientSecret: ENTRA_SECRET,
          authority: entra.origin,
        },
      },
    };
    host = await outboundHost(options);
    const env = {
      ...process.env,
      DATABASE_URL: host.databaseUrl,
      AUTH_SECRET: TEST_SECRET,
      OUTBOUND: JSON.stringify(options),
    };
    children = Array.from({ length: PROCESSES }, () => fork(CHILD, { env, execArgv: [] }));
    await Promise.all(
      children.map((child) =>
        Promise.race([
          once(child, 'message'),
          once(child, 'exit').then(() => Promise.reject(new Error('a process has not started'))),
        ]),
      ),
    );
  });
  afterAll(async () => {
    const running = children.filter(({ exitCode, signalCode }) => exitCode === null && signalCode === null);
    const gone = running.map((child) => once(child, 'exit'));
    for (const child of running) child.disconnect();
    await Promise.all(gone);
    await host.close();
    await Promise.all([entra.close(), upstream.close()]);
  });

  async function ask(child: ChildProcess, application: string, callers: number): Promise<Outcome[]> {
    const answer = once(child, 'message');
    child.send({ ask: callers, application });
    return ((await answer) as [{ outcomes: Outcome[] }])[0].outcomes;
  }
  const askAll = async (application: string): Promise<Outcome[]> =>
    (await Promise.all(children.map((child) => ask(child, application, CALLERS / PROCESSES)))).flat();

  it(`T108 ${CALLERS} callers at one expiry, ${ROUNDS} times: one request each, nobody without a token`, async () => {
    let last: string | undefined;
    for (let round = 1; round <= ROUNDS; round++) {
      const outcomes = await askAll('graph-api');
      expect(outcomes).toHaveLength(CALLERS);
      const tokens = new Set(outcomes.map(({ accessToken }) => accessToken));
      expect(tokens.size).toBe(1);
      expect([...tokens][0]).toMatch(/^.{20,}$/);
      expect([...tokens][0]).not.toBe(last);
      last = [...tokens][0];
      expect(await entra.tokenRequests()).toBe(round);
      await age(host, 'graph-api', 59);
    }
  });

  it(`T108 ${CALLERS} callers while the provider fails: one request, one answer`, async () => {
    upstream.answer({ status: 400, body: { error: 'invalid_client' } });
    const outcomes = await askAll('failing');
    expect(new Set(outcomes.map((outcome) => JSON.stringify(outcome)))).toEqual(
      new Set([
        JSON.stringify({ status: 502, code: 'TOKEN_REQUEST_FAILED', details: { upstreamError: 'invalid_client' } }),
      ]),
    );
    expect(outcomes).toHaveLength(CALLERS);
    expect(upstream.seen).toHaveLength(1);
  });

  it('T108 the process that asks is killed: another takes over when the lease has run out', async () => {
    upstream.seen.length = 0;
    upstream.answer(() => undefined);
    const [victim, ...others] = children;
    victim!.send({ ask: 1, application: 'crash' });
    await until('the request has arrived', () => upstream.seen.length === 1);
    const gone = once(victim!, 'exit');
    victim!.kill('SIGKILL');
    await gone;
    upstream.answer(granted());
    const waiting = Promise.all(others.map((child) => ask(child, 'crash', 10)));
    await host.sql(`UPDATE auth_client_credential SET lease_expires_at = now() + interval '200 milliseconds'
                    WHERE application_name = 'crash'`);
    const outcomes = (await waiting).flat();
    expect(new Set(outcomes.map(({ accessToken }) => accessToken)).size).toBe(1);
    expect(outcomes.every(({ accessToken }) => accessToken?.startsWith('upstream-token'))).toBe(true);
    expect(upstream.seen).toHaveLength(2);
  });
});
