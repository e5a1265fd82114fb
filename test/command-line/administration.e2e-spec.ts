import { ApiKeysService, SigningKeys } from '../../src/index.js';
import { startAdministeredHost, type AdministeredHost } from '../support/administered-host.js';
import { TEST_ISSUER, TEST_SECRET, type TestApp } from '../support/app.js';
import type { CommandLine } from '../support/command-line.js';
import { send } from '../support/http.js';
import { signUp } from '../support/users.js';
import { until } from '../support/until.js';

/** A server runs beside the command line, on the same database. */
describe('commands of keys, users and rows, beside a running server', () => {
  let administered: AdministeredHost;
  let host: TestApp;
  let cli: CommandLine;
  let answers: AdministeredHost['answers'];

  beforeAll(async () => {
    administered = await startAdministeredHost();
    ({ host, cli, answers } = administered);
  });
  afterAll(() => administered.close());

  describe('keys', () => {
    it('list shows what the server publishes', async () => {
      const { json, out } = await cli.run('keys', 'list', '--json');
      const published = await host.app.get(SigningKeys).list();
      expect(json.keys.map(({ kid }: { kid: string }) => kid)).toEqual(published.map(({ kid }) => kid));
      expect(out).not.toContain('"d"');
      expect((await cli.run('keys', 'list')).out).toMatch(/^KID +ALGORITHM +STATE +SIGNS FROM +PUBLISHED UNTIL\n/);
    });

    it('rotate publishes a key that signs later; a second rotation makes none', async () => {
      const { json } = await cli.run('keys', 'rotate', '--algorithm', 'EdDSA', '--json');
      expect(json.made).toHaveLength(1);
      await until('the server knows the key', async () =>
        (await host.app.get(SigningKeys).list()).some(({ kid }) => kid === json.made[0]),
      );
      const second = await cli.run('keys', 'rotate', '--algorithm', 'EdDSA', '--json');
      expect(second.json.made).toEqual([]);
      expect(second.err).toContain('under way already');
    });

    it('revoke asks at a terminal, needs --yes elsewhere, and reaches the server', async () => {
      const [{ kid }] = (await cli.run('keys', 'list', '--json')).json.keys;
      const nobody = await cli.run('keys', 'revoke', kid);
      expect(nobody.code).toBe(2);
      expect(nobody.err).toContain('--yes');
      const no = cli.answering('n');
      expect(await no.run('keys', 'revoke', kid)).toMatchObject({ code: 1, err: 'Nothing was changed.\n' });
      expect(no.asked).toEqual([expect.stringContaining(kid)]);
      expect((await host.app.get(SigningKeys).list()).map((key) => key.kid)).toContain(kid);
      expect((await cli.answering('y').run('keys', 'revoke', kid, '--json')).json.revoked).toBe(kid);
      await until('the server has dropped the key', async () =>
        (await host.app.get(SigningKeys).list()).every((key) => key.kid !== kid),
      );
    });

    it.each(['nobody', '-81gWom7HBSM', '-Vx', '-hx', '--json'])(
      'revoke of an unknown key, %s, changes nothing',
      async (kid) => {
        const dashes = kid.startsWith('--') ? ['--', kid] : [kid];
        expect(await cli.run('keys', 'revoke', '--yes', ...dashes)).toMatchObject({
          code: 1,
          out: '',
          err: expect.stringContaining(`No published key is called ${kid}.`),
        });
      },
    );

    it('an option that does not exist is wrong usage, before and after an id', async () => {
      for (const words of [
        ['--force', '-81gWom7HBSM'],
        ['-81gWom7HBSM', '--force'],
        ['-81gWom7HBSM', 'second'],
      ])
        expect(await cli.run('keys', 'revoke', ...words)).toMatchObject({ code: 2, out: '' });
    });

    it('neither rotate nor revoke works with options that sign by other algorithms than the server', async () => {
      cli.write(
        'foreign.mjs',
        `export default { issuer: '${TEST_ISSUER}', secret: '${TEST_SECRET}', jwt: { algorithm: 'ES512' } };`,
      );
      const before = await host.sql('SELECT kid FROM auth_signing_key ORDER BY kid');
      for (const argv of [['rotate'], ['revoke', 'some', '--yes']]) {
        const { code, err } = await cli.run('keys', ...argv, '--options', 'foreign.mjs');
        expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining('Give the options of the server') });
      }
      expect(await host.sql('SELECT kid FROM auth_signing_key ORDER BY kid')).toEqual(before);
    });
  });

  it.each([
    ['users', 'disable', '-81gWom7HBSM'],
    ['users', 'forget', '--yes', '-81gWom7HBSM'],
    ['client', 'disable', '-81gWom7HBSM'],
    ['client', 'rotate-secret', '-81gWom7HBSM', '--overlap', '1h'],
    ['api-key', 'revoke', '-81gWom7HBSM', '--reason', '-x'],
  ])('%s %s takes an id that begins with a dash for one, and finds nobody', async (...words) => {
    const { code, out, err } = await cli.run(...words);
    expect({ code, out, err }).toEqual({ code: 1, out: '', err: expect.not.stringContaining('option') });
  });

  describe('users', () => {
    it('disable ends their sessions and keys at once on the server', async () => {
      const user = await signUp(host.url);
      const { key } = await host.app.get(ApiKeysService).create({ owner: { kind: 'user', id: user.id } });
      const session = () => send(`${host.url}/api/auth/list-sessions`, { bearer: user.token });
      expect([(await session()).status, (await answers(key)).status]).toEqual([200, 200]);
      expect((await cli.run('users', 'disable', user.email, '--json')).json).toEqual({
        id: user.id,
        email: user.email,
        state: 'disabled',
      });
      await until(
        'both are refused',
        async () => (await session()).status === 401 && (await answers(key)).status === 401,
      );
    });

    it('forget deletes them, once it is confirmed', async () => {
      const user = await signUp(host.url);
      const count = () => host.sql('SELECT FROM auth_user WHERE id = $1', [user.id]);
      expect((await cli.run('users', 'forget', user.id)).code).toBe(2);
      expect((await cli.answering('').run('users', 'forget', user.id)).code).toBe(1);
      expect(await count()).toHaveLength(1);
      expect((await cli.run('users', 'forget', user.id, '--yes', '--json')).json).toMatchObject({ state: 'forgotten' });
      expect(await count()).toHaveLength(0);
    });

    it('a name that nobody has ends with 1, and makes no row', async () => {
      const before = await host.sql('SELECT FROM auth_subject');
      expect(await cli.run('users', 'disable', 'nobody@example.com')).toMatchObject({ code: 1, out: '' });
      expect(await host.sql('SELECT FROM auth_subject')).toHaveLength(before.length);
    });
  });

  describe('prune', () => {
    it('deletes what has expired, and says how much', async () => {
      await host.sql(
        `INSERT INTO auth_rate_limit (key, points, expire) SELECT 'old ' || i, 1, 0 FROM generate_series(1, 2500) AS i`,
      );
      const { code, json, err } = await cli.run('prune', '--json');
      expect({ code, ran: json.ran, failed: json.failed }).toEqual({ code: 0, ran: true, failed: [] });
      expect(json.deleted.auth_rate_limit).toBe(2500);
      expect(err).toBe('auth_rate_limit: 1000 rows so far\nauth_rate_limit: 2000 rows so far\n');
      expect((await cli.run('prune')).out).toBe('No row has expired.\n');
    });

    it('leaves the work to a server that is doing it', async () => {
      const lock = host.dataSource.createQueryRunner();
      await lock.startTransaction();
      await lock.query(`SELECT pg_advisory_xact_lock(hashtext('nest-authority sweep'))`);
      const { code, err, json } = await cli.run('prune', '--json');
      await lock.rollbackTransaction();
      await lock.release();
      expect({ code, ran: json.ran }).toEqual({ code: 0, ran: false });
      expect(err).toContain('a server is deleting');
    });
  });
});
