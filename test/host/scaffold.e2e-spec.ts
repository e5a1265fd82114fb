import { NestFactory } from '@nestjs/core';
import type { INestApplication } from '@nestjs/common';
import { readFileSync, readdirSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createHttpAdapter } from '../support/adapter.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { send } from '../support/http.js';
import { signUp } from '../support/users.js';

const FOLDER = new URL('./scaffold/', import.meta.url);
const RESOURCE_SERVER = new URL('./resource-scaffold/app.module.ts', import.meta.url);
/** A line that is there because of authentication: ours by name, or the data source that ours needs. */
const ABOUT_AUTHENTICATION = /auth|Principal|TypeOrmModule/i;
const MAX_LINES = 8;

const linesOf = (file: string) => readFileSync(new URL(file, FOLDER), 'utf8').split('\n');
const aboutAuthentication = (file: string) => linesOf(file).filter((line) => ABOUT_AUTHENTICATION.test(line));

describe('a second host application', () => {
  let app: INestApplication;
  let database: TestDatabase;
  let url: string;
  const before = { ...process.env };

  beforeAll(async () => {
    database = await createTestDatabase();
    process.env['DATABASE_URL'] = database.url;
    process.env['AUTH_SECRET'] = 'a secret for the scaffold only, 0123456789';
    // Loaded here, since the module reads its environment when it is loaded, as a host's does.
    const { AppModule } = await import('./scaffold/app.module.js');
    app = await NestFactory.create(AppModule, createHttpAdapter(), { logger: false });
    await app.listen(0, '127.0.0.1');
    url = `http://127.0.0.1:${(app.getHttpServer() as { address(): AddressInfo }).address().port}`;
  });
  afterAll(async () => {
    await app.close();
    await database.drop();
    process.env = before;
  });

  it(`protects a route in ${MAX_LINES} lines or fewer, imports counted`, () => {
    const lines = readdirSync(FOLDER).flatMap(aboutAuthentication);
    expect(lines.length).toBeGreaterThan(0);
    expect(lines.length).toBeLessThanOrEqual(MAX_LINES);
  });

  it('is the one that the README shows', () => {
    const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
    const blocks = [...readme.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code]) => code);
    expect(blocks).toHaveLength(3);
    expect(linesOf('reports.controller.ts').join('\n')).toContain(blocks[0]);
    expect(linesOf('app.module.ts').join('\n')).toContain(blocks[1]);
    expect(readFileSync(RESOURCE_SERVER, 'utf8')).toContain(blocks[2]);
  });

  it('imports only the public entry', () => {
    const imports = readdirSync(FOLDER).flatMap((file) =>
      linesOf(file).flatMap((line) => /from '([^']+)'/.exec(line)?.[1] ?? []),
    );
    expect(new Set(imports)).toEqual(
      new Set(['nest-authority', '@nestjs/common', '@nestjs/typeorm', './reports.controller.js']),
    );
  });

  it('401 with a bare challenge without a credential', async () => {
    const answer = await send(`${url}/reports`);
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="localhost:3000"');
  });

  it('401 invalid_token with a bad one', async () => {
    const answer = await send(`${url}/reports`, { bearer: 'nas_not-a-token' });
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toContain('error="invalid_token"');
  });

  it('200 with the session token of a user who signed up', async () => {
    const user = await signUp(url, { name: 'Ann' });
    const answer = await send(`${url}/reports`, { bearer: user.token });
    expect([answer.status, answer.text]).toEqual([200, 'Hello Ann']);
  });
});

describe('a resource server, as the README shows it', () => {
  it('starts without a database and without its issuer, and refuses strangers', async () => {
    const { AppModule } = await import('./resource-scaffold/app.module.js');
    const app = await NestFactory.create(AppModule, createHttpAdapter(), { logger: false });
    try {
      await app.listen(0, '127.0.0.1');
      const { port } = (app.getHttpServer() as { address(): AddressInfo }).address();
      const answer = await send(`http://127.0.0.1:${port}/reports`, { method: 'DELETE' });
      expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([401, 'Bearer realm="api"']);
    } finally {
      await app.close();
    }
  });
});
