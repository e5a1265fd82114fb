import type { TestApp } from '../support/app.js';
import { clientCount, createClientHost, register } from '../support/clients.js';
import { send } from '../support/http.js';
import { signUp } from '../support/users.js';
import { startUpstream, type Upstream } from '../support/upstream.js';

const REDIRECTS = ['https://a.example/cb', 'https://b.example/cb'];

describe('sector identifiers at registration (OIDC Registration 5)', () => {
  let host: TestApp;
  let sector: Upstream;
  beforeAll(async () => {
    sector = await startUpstream();
    host = await createClientHost({ dynamicRegistration: 'open' }, { allowPrivateNetwork: true });
  });
  afterAll(async () => {
    await host.close();
    await sector.close();
  });

  const pairwise = (more: object = {}) => ({
    redirect_uris: REDIRECTS,
    subject_type: 'pairwise',
    sector_identifier_uri: `${sector.origin}/redirects.json`,
    ...more,
  });

  it('201 when the document lists every redirect address', async () => {
    sector.answer({ body: [...REDIRECTS, 'https://c.example/cb'] });
    const answer = await register(host, pairwise());
    expect([answer.status, answer.body.sector_identifier_uri]).toEqual([201, `${sector.origin}/redirects.json`]);
  });

  it.each<[string, Parameters<Upstream['answer']>[0]]>([
    ['one redirect address is missing', { body: [REDIRECTS[0]] }],
    ['it is no array', { body: { uris: REDIRECTS } }],
    ['it is no JSON', { body: 'no' }],
    ['it is not there', { status: 404, body: REDIRECTS }],
    ['it is elsewhere', { status: 302, headers: { location: 'https://a.example/' }, body: REDIRECTS }],
    ['it is huge', { body: [...REDIRECTS, 'x'.repeat(70_000)] }],
  ])('400 invalid_client_metadata when %s', async (_, behaviour) => {
    sector.answer(behaviour);
    const before = await clientCount(host);
    const answer = await register(host, pairwise());
    expect([answer.status, answer.body.error]).toEqual([400, 'invalid_client_metadata']);
    expect(await clientCount(host)).toBe(before);
  });

  it('OIDC Core 8.1 400 for pairwise with the device grant, which asks no redirect address whose the client is', async () => {
    const devices = await createClientHost(
      { dynamicRegistration: 'open' },
      { databaseUrl: host.databaseUrl, device: true },
    );
    const grant = 'urn:ietf:params:oauth:grant-type:device_code';
    try {
      const client = { redirect_uris: [REDIRECTS[0]], grant_types: ['authorization_code', grant] };
      expect((await register(devices, client)).status).toBe(201);
      const answer = await register(devices, { ...client, subject_type: 'pairwise' });
      expect([answer.status, answer.body.error]).toEqual([400, 'invalid_client_metadata']);
    } finally {
      await devices.close();
    }
  });

  describe('OIDC Core 8.1, 12.2 tokens that a client has go on naming users as they did', () => {
    const at = (redirect: string) => ({ redirect_uris: [redirect], subject_type: 'pairwise' });
    const [A, B] = REDIRECTS as [string, string];

    /** Registers the client and sends it changes by RFC 7592, each over what the one before it left. */
    async function changes(first: object, ...next: object[]): Promise<number[]> {
      const { body } = await register(host, first);
      const statuses: number[] = [];
      for (const change of next) {
        const answer = await send(`${host.url}/api/auth/oauth2/register/${body.client_id}`, {
          method: 'PUT',
          bearer: body.registration_access_token,
          body: { client_id: body.client_id, ...change },
        });
        if (answer.status !== 200) expect(answer.body.error).toBe('invalid_client_metadata');
        statuses.push(answer.status);
      }
      return statuses;
    }

    it('400 for a pairwise client that moves to another sector', async () => {
      sector.answer({ body: REDIRECTS });
      expect(await changes(at(A), at(B), pairwise({ redirect_uris: [A] }))).toEqual([400, 400]);
      expect(await changes(pairwise(), at(A))).toEqual([400]);
    });

    it('400 for a client that becomes pairwise, wherever its addresses were before', async () => {
      const known = { redirect_uris: [A] };
      expect(await changes(known, at(A), { redirect_uris: [B] }, at(B))).toEqual([400, 200, 400]);
    });

    it('400 for a pairwise client that becomes public', async () => {
      expect(await changes(at(A), { redirect_uris: [A] })).toEqual([400]);
    });

    it('200 for other addresses of its sector', async () => {
      sector.answer({ body: REDIRECTS });
      expect(await changes(at(A), at('https://a.example:8443/new'))).toEqual([200]);
      expect(await changes(pairwise(), pairwise({ redirect_uris: [B] }))).toEqual([200]);
    });

    it('400 also on the routes of its owner', async () => {
      const { token } = await signUp(host.url);
      const call = (route: string, body: object) =>
        send(`${host.url}/api/auth/oauth2/${route}`, { body, bearer: token });
      const made = await call('create-client', at(A));
      const moved = await call('update-client', { client_id: made.body.client_id, update: { redirect_uris: [B] } });
      expect([made.status, moved.status, moved.body.code]).toEqual([201, 400, 'INVALID_CLIENT_METADATA']);
    });
  });

  it('T096 429 for a client that has its document fetched again and again', async () => {
    const limited = await createClientHost(
      { dynamicRegistration: 'open' },
      { databaseUrl: host.databaseUrl, allowPrivateNetwork: true, rateLimits: true },
    );
    try {
      sector.answer({ body: REDIRECTS });
      const { body } = await register(limited, pairwise());
      const change = (more: object) =>
        send(`${limited.url}/api/auth/oauth2/register/${body.client_id}`, {
          method: 'PUT',
          bearer: body.registration_access_token,
          body: { client_id: body.client_id, ...more },
        });
      for (let fetched = 1; fetched < 20; fetched += 1) expect((await change(pairwise())).status).toBe(200);
      const before = sector.seen.length;
      const answer = await change(pairwise());
      expect([answer.status, Number(answer.headers.get('retry-after')) > 0]).toEqual([429, true]);
      expect(sector.seen).toHaveLength(before);
    } finally {
      await limited.close();
    }
  });

  it('T096 nothing else is fetched, and nothing for who may not register', async () => {
    const at = (path: string) => `${sector.origin}/${path}`;
    sector.answer({ body: REDIRECTS });
    sector.seen.length = 0;
    const called = { jwks_uri: at('jwks'), logo_uri: at('logo'), backchannel_logout_uri: at('out') };
    expect((await register(host, { redirect_uris: REDIRECTS, ...called })).status).toBe(201);
    const closed = await createClientHost(
      { dynamicRegistration: 'authenticated' },
      { databaseUrl: host.databaseUrl, allowPrivateNetwork: true },
    );
    try {
      expect((await register(closed, pairwise())).status).toBe(401);
    } finally {
      await closed.close();
    }
    expect(sector.seen).toEqual([]);
  });

  it('T096 private addresses are not reached unless the host says so', async () => {
    const strict = await createClientHost({ dynamicRegistration: 'open' }, { databaseUrl: host.databaseUrl });
    try {
      sector.seen.length = 0;
      for (const sector_identifier_uri of [
        pairwise().sector_identifier_uri,
        'https://169.254.169.254/x',
        'https://[::1]/x',
      ]) {
        const answer = await register(strict, pairwise({ sector_identifier_uri }));
        expect([answer.status, answer.body.error]).toEqual([400, 'invalid_client_metadata']);
      }
      expect(sector.seen).toEqual([]);
    } finally {
      await strict.close();
    }
  });
});
