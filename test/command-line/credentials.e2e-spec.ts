import { startAdministeredHost, type AdministeredHost } from '../support/administered-host.js';
import type { TestApp } from '../support/app.js';
import type { CommandLine } from '../support/command-line.js';
import { send } from '../support/http.js';
import { signUp } from '../support/users.js';
import { until } from '../support/until.js';

/** A server runs beside the command line, on the same database. */
describe('commands of credentials, beside a running server', () => {
  let administered: AdministeredHost;
  let host: TestApp;
  let cli: CommandLine;
  let answers: AdministeredHost['answers'];

  beforeAll(async () => {
    administered = await startAdministeredHost();
    ({ host, cli, answers } = administered);
  });
  afterAll(() => administered.close());

  describe('api-key', () => {
    it('create makes a key that the server accepts, on standard output alone', async () => {
      const { code, out, err } = await cli.run(
        'api-key',
        'create',
        '--service',
        'ci',
        '--name',
        'CI',
        '--expires-in',
        '90d',
      );
      expect(code).toBe(0);
      const key = /^Key +(\S+)$/m.exec(out)![1]!;
      expect(err).not.toContain(key);
      expect((await answers(key)).status).toBe(200);
      expect(out).toMatch(/^Owner +service ci$/m);
    });

    it('revoke ends it at once on the server, which has it in memory', async () => {
      const { json } = await cli.run('api-key', 'create', '--service', 'ci', '--scope', 'reports:read', '--json');
      const { key, id, scopes } = json.apiKey;
      expect(scopes).toEqual(['reports:read']);
      expect((await answers(key)).status).toBe(200);
      const revoked = await cli.run('api-key', 'revoke', id, '--reason', 'leaked', '--json');
      expect(revoked.json.apiKey).toMatchObject({ id, revokedReason: 'leaked' });
      expect(revoked.json.apiKey).not.toHaveProperty('key');
      await until('the server refuses the key', async () => (await answers(key)).status === 401);
    });

    it('create takes a user by id or e-mail address', async () => {
      const { id, email } = await signUp(host.url);
      for (const user of [id, email]) {
        const { json } = await cli.run('api-key', 'create', '--user', user, '--json');
        expect(json.apiKey).toMatchObject({ ownerKind: 'user', referenceId: id });
      }
    });

    it('create with permissions grants those', async () => {
      const { json } = await cli.run('api-key', 'create', '--service', 'ci', '--permission', 'reports=read', '--json');
      expect((await send(`${host.url}/host/reports`, { headers: { 'x-api-key': json.apiKey.key } })).status).toBe(200);
    });

    it.each([
      [['create'], 2, 'exactly one of --user, --organization and --service'],
      [['create', '--user', 'a', '--service', 'b'], 2, 'exactly one of'],
      [['create', '--user', 'nobody'], 1, 'no user has'],
      [['create', '--service', 'a', '--expires-in', 'soon'], 2, '--expires-in'],
      [['create', '--service', 'a', '--permission', 'files'], 2, 'files=read,write'],
      [['revoke', '00000000-0000-7000-8000-000000000000'], 1, 'not found'],
      [['revoke'], 2, "missing required argument 'key-id'"],
    ])('%j ends with %i and says why', async (argv, expected, sentence) => {
      const { code, out, err } = await cli.run('api-key', ...argv);
      expect({ code, out }).toEqual({ code: expected, out: '' });
      expect(err.toLowerCase()).toContain(sentence.toLowerCase());
    });
  });

  describe('client', () => {
    const token = (id: string, secret: string) =>
      send(`${host.url}/api/auth/oauth2/token`, {
        body: new URLSearchParams({ grant_type: 'client_credentials' }),
        headers: { authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}` },
      });

    async function service(): Promise<{ id: string; secret: string }> {
      const made = await cli.run(
        'client',
        'create',
        '--name',
        'Nightly',
        '--kind',
        'service',
        '--scope',
        'jobs',
        '--json',
      );
      return { id: made.json.client.client_id, secret: made.json.client.client_secret };
    }

    it('create makes a client whose secret is good, and list shows it without', async () => {
      const { id, secret } = await service();
      expect((await token(id, secret)).status).toBe(200);
      const { out, json } = await cli.run('client', 'list', '--search', 'nightly', '--json');
      expect(json.clients.map((client: { client_id: string }) => client.client_id)).toContain(id);
      expect(out).not.toContain(secret);
      expect((await cli.run('client', 'list')).out).toMatch(new RegExp(`^${id} +Nightly +client_secret +enabled`, 'm'));
    });

    it('create takes metadata from a file, and options before it', async () => {
      cli.write('client.json', JSON.stringify({ client_name: 'Of the file', redirect_uris: ['https://a.example/cb'] }));
      const { json } = await cli.run(
        'client',
        'create',
        '--metadata',
        'client.json',
        '--name',
        'Of the option',
        '--json',
      );
      expect(json.client).toMatchObject({ client_name: 'Of the option', redirect_uris: ['https://a.example/cb'] });
    });

    it('rotate-secret shows a new one; the old one ends', async () => {
      const { id, secret } = await service();
      expect((await token(id, secret)).status).toBe(200);
      const { out, err } = await cli.run('client', 'rotate-secret', id);
      const fresh = /^Client secret +(\S+)$/m.exec(out)![1]!;
      expect(err).not.toContain(fresh);
      await until('the server refuses the secret', async () => (await token(id, secret)).status === 401);
      expect((await token(id, fresh)).status).toBe(200);
    });

    it('rotate-secret with an overlap keeps the old one', async () => {
      const { id, secret } = await service();
      await cli.run('client', 'rotate-secret', id, '--overlap', '1h');
      expect((await token(id, secret)).status).toBe(200);
    });

    it('disable stops it at once on the server', async () => {
      const { id, secret } = await service();
      expect((await token(id, secret)).status).toBe(200);
      expect((await cli.run('client', 'disable', id, '--json')).json.client).toMatchObject({ disabled: true });
      await until('the server refuses the secret', async () => (await token(id, secret)).status === 401);
    });

    it.each([
      [['create', '--redirect-uri', 'https://*.example.com/cb'], 1, 'wildcard'],
      [['create', '--name', 'Web'], 2, '--redirect-uri'],
      [['create', '--kind', 'device'], 1, 'device: true'],
      [['create', '--kind', 'robot'], 2, 'web, public, device, service'],
      [['create', '--metadata', 'missing.json'], 2, 'missing.json'],
      [['disable', 'nobody'], 1, 'no such client'],
      [['list', '--limit', '501'], 2, '--limit'],
    ])('%j ends with %i and says why', async (argv, expected, sentence) => {
      const { code, out, err } = await cli.run('client', ...argv);
      expect({ code, out }).toEqual({ code: expected, out: '' });
      expect(err).toContain(sentence);
    });
  });
});
