import { randomUUID } from 'node:crypto';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NestFactory } from '@nestjs/core';
import { TypeOrmModule } from '@nestjs/typeorm';
import { authDataSource, AuthModule } from 'nest-authority';
import { DataSource } from 'typeorm';
import { startEmbeddedPostgres } from '../demo/embedded-postgres/start-embedded-postgres.js';
import { createDatabase } from './database.js';
import { readSettings } from './settings.js';

/**
 * Whether the time of an answer tells that somebody has an address. Tries a known and an unknown one in turn, and says how often the known
 * one takes longer (AUC): 0.5 is never to be told, 1 is always. The server runs in this process, so that what it does after an answer shows
 * as well: in `then`, the time of a request that follows at once.
 */
const TRIES = Number(process.env['BENCH_TRIES'] ?? 1_000);
const WARM_UP = 50;

interface Question {
  readonly path: string;
  body(address: string): object;
}
const QUESTIONS: readonly Question[] = [
  { path: 'request-password-reset', body: (email) => ({ email }) },
  { path: 'send-verification-email', body: (email) => ({ email }) },
  { path: 'sign-in/magic-link', body: (email) => ({ email }) },
  { path: 'email-otp/send-verification-otp', body: (email) => ({ email, type: 'sign-in' }) },
  { path: 'email-otp/send-verification-otp', body: (email) => ({ email, type: 'forget-password' }) },
  { path: 'sign-up/email', body: (email) => ({ email, name: 'Ada', password: 'correct horse battery staple' }) },
];

async function measure(databaseUrl: string): Promise<void> {
  const host = AuthModule.forRoot({
    issuer: 'http://localhost:3000',
    secret: 'a secret for measuring only, long enough 0123456789',
    mail: async () => undefined,
    trustProxy: ['127.0.0.1'],
    accounts: { requireEmailVerification: true, magicLink: { enabled: true }, emailCode: { enabled: true } },
  });
  const source = authDataSource({ url: databaseUrl, migrationsRun: true });
  const module = { module: class EnumerationHost {}, imports: [TypeOrmModule.forRoot(source), host] };
  const app = await NestFactory.create(module, { logger: ['error'] });
  await app.listen(0, '127.0.0.1');
  const { port } = app.getHttpServer().address() as AddressInfo;
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  await app.get(DataSource).query(
    `INSERT INTO auth_user (id, email, email_verified, name)
     SELECT 'known-' || n, 'known-' || n || '@example.com', false, 'Ada' FROM generate_series(0, $1::integer) AS n`,
    [TRIES + WARM_UP],
  );
  for (const { path, body } of QUESTIONS) {
    const known: Sample = { answer: [], then: [] };
    const unknown: Sample = { answer: [], then: [] };
    for (let index = 0; index < TRIES + WARM_UP; index++) {
      const tries = [
        [known, `known-${index}@example.com`],
        [unknown, `u-${randomUUID()}@example.com`],
      ] as const;
      for (const [sample, address] of index % 2 === 0 ? tries : tries.toReversed()) {
        const answer = await timeOf(agent, port, `/api/auth/${path}`, body(address));
        const then = await timeOf(agent, port, '/api/auth/get-session');
        if (index < WARM_UP) continue;
        sample.answer.push(answer);
        sample.then.push(then);
      }
    }
    const [median, other] = [medianOf(known.answer).toFixed(2), medianOf(unknown.answer).toFixed(2)];
    const figures = [aucOf(known.answer, unknown.answer), aucOf(known.then, unknown.then)].map((one) => one.toFixed(3));
    console.log(
      `${nameOf({ path, body })}: AUC ${figures[0]}, then ${figures[1]}; median ${median} ms known, ${other} ms unknown`,
    );
  }
  agent.destroy();
  await app.close();
}

function nameOf({ path, body }: Question): string {
  const { type } = body('') as { type?: string };
  return type === undefined ? path : `${path} (${type})`;
}

interface Sample {
  readonly answer: number[];
  readonly then: number[];
}

/** Milliseconds from the first byte of the request to the last of the answer. */
function timeOf(agent: Agent, port: number, path: string, body?: object): Promise<number> {
  const forwarded = [
    10,
    ...randomUUID()
      .replaceAll('-', '')
      .match(/../g)!
      .slice(0, 3)
      .map((byte) => parseInt(byte, 16)),
  ];
  const headers = { 'content-type': 'application/json', 'x-forwarded-for': forwarded.join('.') };
  const begin = performance.now();
  return new Promise((resolve, reject) => {
    const sent = request({ agent, port, host: '127.0.0.1', path, headers, method: body ? 'POST' : 'GET' }, (answer) => {
      answer.resume().on('end', () => {
        if (answer.statusCode === 200) resolve(performance.now() - begin);
        else reject(new Error(`${path}: ${answer.statusCode}`));
      });
    });
    sent.on('error', reject).end(body && JSON.stringify(body));
  });
}

/** How often one of the first is longer than one of the second (Mann and Whitney's U). */
function aucOf(first: readonly number[], second: readonly number[]): number {
  const sorted = second.toSorted((left, right) => left - right);
  const below = first.map((one) => {
    const index = sorted.findIndex((other) => other >= one);
    return index < 0 ? sorted.length : index;
  });
  return below.reduce((sum, one) => sum + one, 0) / (first.length * second.length);
}

function medianOf(times: readonly number[]): number {
  return times.toSorted((left, right) => left - right)[times.length >> 1]!;
}

async function run(): Promise<void> {
  const { databaseUrl } = readSettings(process.env);
  const folder = await mkdtemp(join(tmpdir(), 'nest-authority-enumeration-'));
  await chmod(folder, 0o711); // as root the server runs as another user, who has to pass
  const postgres =
    databaseUrl === undefined
      ? await startEmbeddedPostgres({ dataDirectory: join(folder, 'postgres'), durable: true })
      : null;
  const database = await createDatabase(databaseUrl ?? postgres!.url, `enumeration_${process.pid}`);
  try {
    await measure(database.url);
  } finally {
    await database.drop();
    await postgres?.stop();
    await rm(folder, { recursive: true });
  }
}

await run();
