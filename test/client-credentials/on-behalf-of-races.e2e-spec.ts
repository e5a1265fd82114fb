import type { TestApp } from '../support/app.js';
import { actingFor, actingHost, formOf, grantedTo, relay, rowsOf, tokenFor } from '../support/on-behalf-of.js';
import { age, forgiveFailure } from '../support/outbound.js';
import { until } from '../support/until.js';
import { startUpstream, type Upstream } from '../support/upstream.js';
import { signUp, type SignedInUser } from '../support/users.js';

const USERS = 5;
const CALLS_OF_EACH = 40;

describe('tokens on behalf of users, two nodes on one database', () => {
  let upstream: Upstream;
  let nodes: TestApp[];
  let users: SignedInUser[];
  beforeAll(async () => {
    upstream = await startUpstream();
    const outbound = actingFor(upstream, { orders: {}, signed: { subjectToken: 'signed' } });
    const first = await actingHost(outbound, { poolSize: 2 });
    nodes = [first, await actingHost(outbound, { databaseUrl: first.databaseUrl })];
    users = [];
    for (let count = 0; count < USERS; count++) users.push(await signUp(first.url));
  });
  afterAll(async () => {
    for (const node of nodes.toReversed()) await node.close();
    await upstream.close();
  });
  beforeEach(async () => {
    await nodes[0]!.sql('DELETE FROM auth_client_credential');
    upstream.answer(grantedTo());
    upstream.seen.length = 0;
  });
  const node = (index: number) => nodes[index % nodes.length]!;
  const subjects = () => upstream.seen.map((request) => formOf(request)['subject_token']);

  it(`T108 T171 ${USERS} users, ${CALLS_OF_EACH} calls of each at once: one request for each user, and everybody gets their own`, async () => {
    const calls = Array.from({ length: USERS * CALLS_OF_EACH }, async (_, index) => {
      const { accessToken } = users[index % USERS]!;
      const { status, body } = await relay(node(Math.floor(index / USERS)), 'orders', accessToken);
      return { status, isOwn: body.accessToken === tokenFor(accessToken) };
    });
    expect(new Set((await Promise.all(calls)).map((one) => JSON.stringify(one)))).toEqual(
      new Set([JSON.stringify({ status: 200, isOwn: true })]),
    );
    expect(subjects().toSorted()).toEqual(users.map(({ accessToken }) => accessToken).toSorted());
    expect(await rowsOf(node(0), 'orders')).toBe(USERS);
  });

  it('T108 the provider is down for one user: one request for all their calls, one answer, and others are served', async () => {
    const [unlucky, other] = users as [SignedInUser, SignedInUser];
    const granting = grantedTo() as (...args: unknown[]) => void;
    upstream.answer((request, response) => {
      if (formOf(request)['subject_token'] !== unlucky.accessToken) return granting(request, response);
      return void response.writeHead(503, { 'retry-after': '20' }).end('{}');
    });
    const calls = Array.from({ length: 60 }, (_, index) =>
      relay(node(index), 'orders', (index % 3 ? unlucky : other).accessToken),
    );
    const answers = await Promise.all(calls);
    const told = new Set(answers.map(({ status, body }) => JSON.stringify([status, body.details ?? null])));
    expect(told).toEqual(new Set(['[200,null]', '[502,{"upstreamError":"http_503"}]']));
    expect(upstream.seen).toHaveLength(2);
    await forgiveFailure(node(0), 'orders');
    upstream.answer(grantedTo());
    expect((await relay(node(1), 'orders', unlucky.accessToken)).body.accessToken).toBe(tokenFor(unlucky.accessToken));
  });

  it('T108 at one expiry: one request, the same token for all', async () => {
    const [{ token }] = users as [SignedInUser];
    const old = (await relay(node(0), 'signed', token)).body.accessToken;
    await age(node(0), 'signed', 59);
    const answers = await Promise.all(Array.from({ length: 40 }, (_, index) => relay(node(index), 'signed', token)));
    const tokens = new Set(answers.map(({ body }) => body.accessToken));
    expect([tokens.size, tokens.has(old), upstream.seen.length]).toEqual([1, false, 2]);
  });

  it('T108 near its end it is fetched again in the background, once, while the session goes on', async () => {
    const [{ token }] = users as [SignedInUser];
    const old = (await relay(node(0), 'signed', token)).body.accessToken;
    await age(node(0), 'signed', 90);
    const answers = await Promise.all(Array.from({ length: 20 }, (_, index) => relay(node(index), 'signed', token)));
    expect(answers.some(({ body }) => body.accessToken === old)).toBe(true);
    const read = async () => (await relay(node(0), 'signed', token)).body.accessToken !== old;
    await until('it was fetched again', read);
    expect(upstream.seen).toHaveLength(2);
  });

  it.each([100, 30])(
    'a token with %i seconds left is exchanged for one with no more: used to its end, asked for once',
    async (left) => {
      const { id, accessToken } = await signUp(node(0).url);
      await node(0).sql(
        `UPDATE auth_token SET expires_at = now() + $2::int * interval '1 second'
       WHERE family_id IN (SELECT id FROM auth_token_family WHERE subject = $1)`,
        [id, left],
      );
      upstream.answer(grantedTo({ expires_in: left }));
      for (let count = 0; count < 4; count++)
        expect((await relay(node(count), 'orders', accessToken)).status).toBe(200);
      expect(upstream.seen).toHaveLength(1);
    },
  );
});
