import { readFileSync, readdirSync } from 'node:fs';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { buildExample, type BuiltExample, type ExampleProcess } from '../support/example.js';
import { send } from '../support/http.js';
import { signUp } from '../support/users.js';

const FOLDER = new URL('../../examples/minimal/', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, FOLDER), 'utf8');

describe('examples/minimal', () => {
  let database: TestDatabase;
  let built: BuiltExample;
  let example: ExampleProcess;

  beforeAll(async () => {
    [database, built] = await Promise.all([createTestDatabase(), buildExample('minimal')]);
    example = await built.start({ DATABASE_URL: database.url });
  });
  afterAll(async () => {
    await example?.stop();
    await built?.remove();
    await database?.drop();
  });

  it('protects its route by the eight lines of its README, and by no other', () => {
    const lines = read('README.md')
      .split('\n')
      .filter((line) => /^[+-]/.test(line));
    const added = lines.filter((line) => line.startsWith('+')).map((line) => line.slice(1));
    expect(added).toHaveLength(8);
    const files = ['src/reports.controller.ts', 'src/app.module.ts', 'src/main.ts'].map(read);
    const source = files.join('\n').split('\n');
    for (const line of added) expect(source).toContain(line);
    expect(source.filter((line) => !added.includes(line)).join('\n')).not.toMatch(/auth|user|typeorm/i);
    expect(readdirSync(new URL('src/', FOLDER))).toHaveLength(files.length + 1); // environment.ts protects nothing
  });

  it('401 without a credential', async () => {
    expect((await send(`${example.url}/reports`)).status).toBe(401);
  });

  it('200 with the token of a user who signed up', async () => {
    const { token } = await signUp(example.url, { name: 'Ann' });
    const answer = await send(`${example.url}/reports`, { bearer: token });
    expect([answer.status, answer.text]).toEqual([200, 'Hello Ann']);
  });

  it('says that its secret is for development only', () => {
    expect(example.output()).toContain('AUTH_SECRET is missing');
  });

  it('ends with 1 and a sentence where it has no database', async () => {
    await expect(built.start()).rejects.toThrow(/exit code 1:\nDATABASE_URL is missing: "docker run .*\n$/);
  });
});
