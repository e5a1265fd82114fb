import type { StaticClientOptions } from '../../src/index.js';
import { LogoutDeliveries } from '../../src/oauth-provider/logout/logout-deliveries.js';
import type { TestApp } from '../support/app.js';
import { createLogoutHost, logoutClient } from '../support/logout.js';
import { until } from '../support/until.js';
import { startUpstream, type Upstream } from '../support/upstream.js';

describe('F06 nobody waits for a client that does not answer (OIDC Back-Channel Logout 2.5)', () => {
  let honest: Upstream;
  let hanging: Upstream[];
  let release: (() => void)[];
  /** Requests that hang: how many do, and how many did when each came. */
  let open: number;
  let arrivals: number[];
  let host: TestApp;

  beforeEach(async () => {
    honest = await startUpstream();
    hanging = await Promise.all([1, 2, 3, 4, 5].map(() => startUpstream()));
    honest.answer({ body: '' });
    [release, arrivals, open] = [[], [], 0];
    for (const one of hanging)
      one.answer((_, response) => {
        arrivals.push(++open);
        response.on('close', () => open--);
        release.push(() => response.end());
      });
  });
  afterEach(async () => {
    release.forEach((answer) => answer());
    await host.close();
    await Promise.all([honest, ...hanging].map((one) => one.close()));
  });

  const told = (id: string, { origin }: Upstream) => logoutClient(id, { backchannel_logout_uri: `${origin}/${id}` });
  const boot = async (clients: readonly StaticClientOptions[]) => {
    host = await createLogoutHost([...clients], {
      auth: { allowPrivateNetwork: true, jwt: true, oauthProvider: { clients } },
    });
  };
  /** So many deliveries of a client, due for a while, with so many attempts in vain. */
  const due = (clientId: string, count: number, attempts = 0) =>
    host.sql(
      `INSERT INTO auth_logout_delivery (id, client_id, subject, session_id, attempts, next_attempt_at)
       SELECT gen_random_uuid(), $1, 'somebody', 'session-' || n, $3, now() - interval '1 minute' FROM generate_series(1, $2::int) n`,
      [clientId, count, attempts],
    );
  const kick = () => host.app.get(LogoutDeliveries).kick();
  const left = async (clientId: string) =>
    (await host.sql('SELECT FROM auth_logout_delivery WHERE client_id = $1', [clientId])).length;

  it('F06 160 deliveries of one that hangs: two are under way, and 60 of another are delivered meanwhile', async () => {
    await boot([told('hang', hanging[0]!), told('shop', honest)]);
    await due('hang', 160);
    kick();
    await until('the hanging ones are under way', () => arrivals.length >= 2);
    await due('shop', 60);
    kick();
    await until('the honest client has been told everything', async () => (await left('shop')) === 0);
    expect(honest.seen).toHaveLength(60);
    expect(Math.max(...arrivals)).toBe(2);
    expect(await left('hang')).toBe(160);
  });

  it('F06 many clients at one host that hangs have two places in all', async () => {
    const crowd = Array.from({ length: 40 }, (_, index) => told(`hang-${index}`, hanging[0]!));
    await boot([...crowd, told('shop', honest)]);
    for (const { clientId } of crowd) await due(clientId, 4);
    await due('shop', 10);
    kick();
    await until('the honest client has been told everything', async () => (await left('shop')) === 0);
    expect(Math.max(...arrivals)).toBeLessThanOrEqual(2);
  });

  it('F06 clients that failed again and again have few places among them', async () => {
    const crowd = hanging.flatMap((one, server) => [0, 1, 2].map((index) => told(`slow-${server}-${index}`, one)));
    await boot([...crowd, told('shop', honest)]);
    for (const { clientId } of crowd) await due(clientId, 4, 3);
    await due('shop', 10);
    kick();
    await until('the honest client has been told everything', async () => (await left('shop')) === 0);
    await until('the slow lane is full', () => Math.max(...arrivals) === 8);
    await until('some have been given up', () => arrivals.length > 8);
    expect(Math.max(...arrivals)).toBe(8);
  });

  it('F06 a place is taken again as soon as it is free, not when all are', async () => {
    await boot([told('hang', hanging[0]!)]);
    await due('hang', 6);
    kick();
    await until('two are under way', () => arrivals.length >= 2);
    release.shift()!();
    await until('the next is under way', () => arrivals.length >= 3);
    expect(arrivals.slice(0, 3)).toEqual([1, 2, 2]);
  });

  it('F06 with clients by turns, each gets its own: nobody has all of a busy server', async () => {
    await boot([told('many', honest), told('few', honest)]);
    const order: string[] = [];
    honest.answer(({ path }, response) => {
      order.push(path);
      response.end();
    });
    await due('many', 80);
    await due('few', 3);
    kick();
    await until('all are delivered', async () => (await left('many')) + (await left('few')) === 0);
    expect(order.lastIndexOf('/few')).toBeLessThan(40);
  });
});
