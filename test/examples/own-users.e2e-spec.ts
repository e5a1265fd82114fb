import { DataSource } from 'typeorm';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { startExample, type ExampleProcess } from '../support/example.js';
import { send } from '../support/http.js';
import { signIn, signUp, TEST_PASSWORD } from '../support/users.js';

describe('examples/own-users', () => {
  let database: TestDatabase;
  let example: ExampleProcess;
  let sql: DataSource;

  beforeAll(async () => {
    database = await createTestDatabase();
    example = await startExample('own-users', { env: { DATABASE_URL: database.url } });
    sql = await new DataSource({ type: 'postgres', url: database.url }).initialize();
  });
  afterAll(async () => {
    await sql?.destroy();
    await example?.stop();
    await database?.drop();
  });

  it('has no table of ours for users', async () => {
    expect(
      await sql.query(`SELECT to_regclass('auth_user') AS ours, to_regclass('auth_session') IS NOT NULL AS sessions`),
    ).toEqual([{ ours: null, sessions: true }]);
  });

  it('200 with the row, by its integer', async () => {
    const { id, email, token } = await signUp(example.url, { name: 'Ann' });
    const answer = await send(`${example.url}/me`, { bearer: token });
    expect([answer.status, answer.body]).toMatchObject([200, { id: Number(id), email, fullName: 'Ann', plan: 'free' }]);
    expect(Number.isInteger(answer.body.id)).toBe(true);
    expect(answer.body).not.toHaveProperty('password');
  });

  it('200 of get-session with further members of the row', async () => {
    const { token } = await signUp(example.url);
    const json = { method: 'PUT', bearer: token };
    expect((await send(`${example.url}/me/plan`, { ...json, body: { plan: 'whole' } })).status).toBe(200);
    expect((await send(`${example.url}/me/plan`, { ...json, body: { plan: 'other' } })).status).toBe(400);
    const session = await send(`${example.url}/api/auth/get-session`, { bearer: token });
    expect(session.body.user).toMatchObject({ plan: 'whole' });
  });

  it('422 for an address that is taken, 401 for a wrong password, 200 for the right one', async () => {
    const { email } = await signUp(example.url);
    const again = { body: { email, password: TEST_PASSWORD, name: 'Eve' } };
    expect((await send(`${example.url}/api/auth/sign-up/email`, again)).status).toBe(422);
    const wrong = { body: { email, password: 'another password' } };
    expect((await send(`${example.url}/api/auth/sign-in/email`, wrong)).status).toBe(401);
    expect((await signIn(example.url, email)).token).toEqual(expect.any(String));
  });

  it('200 of delete-user: the row is gone, and the token with it', async () => {
    const { id, token } = await signUp(example.url);
    const deletion = await send(`${example.url}/api/auth/delete-user`, {
      bearer: token,
      body: { password: TEST_PASSWORD },
    });
    expect(deletion.status).toBe(200);
    expect(await sql.query('SELECT id FROM member WHERE id = $1', [id])).toEqual([]);
    expect((await send(`${example.url}/me`, { bearer: token })).status).toBe(401);
  });
});
