import { jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import express, { type RequestHandler } from 'express';
import type { RequestListener } from 'node:http';
import { PassThrough, Readable, Transform } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { createTestApp, type Adapter, type TestApp, type TestAppOptions } from '../support/app.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { send } from '../support/http.js';
import { providerOptions } from '../support/oauth.js';
import { expectBodies, expectTold, parsed, platform, type Keep } from '../support/bodies-read-before.js';

let database: TestDatabase;
let host: TestApp | undefined;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
afterEach(async () => {
  await host?.close();
  host = undefined;
  jest.restoreAllMocks();
});

async function start(options: Partial<TestAppOptions>): Promise<TestApp> {
  host = await createTestApp({ databaseUrl: database.url, auth: providerOptions(), ...options });
  return host;
}

describe('F16: parsers on the host’s own Express, before Nest', () => {
  const PARSERS: Readonly<Record<string, RequestHandler[]>> = {
    'json and urlencoded': [express.json(), express.urlencoded({ extended: true })],
    'json and urlencoded, not extended': [express.json(), express.urlencoded({ extended: false })],
    'json alone': [express.json()],
    'urlencoded alone': [express.urlencoded()],
    'raw for everything': [express.raw({ type: () => true, limit: '1mb' })],
    'text for everything': [express.text({ type: () => true, limit: '1mb' })],
    'json that keeps the bytes': [
      express.json({ verify: (request, _response, bytes) => void Object.assign(request, { rawBody: bytes }) }),
      express.urlencoded(),
    ],
    'json with a body of its own for everything else': [
      (request, _response, next) => {
        request.body = {};
        next();
      },
      express.json({ limit: '1mb' }),
    ],
  };

  it.each(Object.keys(PARSERS))('%s', async (name) => {
    const server = express();
    for (const parser of PARSERS[name]!) server.use(parser);
    const { url } = await start({ httpAdapter: new ExpressAdapter(server) });
    await expect(expectBodies(url)).resolves.toBeUndefined();
  });
});

/** What platforms of functions leave. */
const PLATFORMS: Readonly<Record<string, Keep>> = {
  'the bytes and what they hold': (request, bytes) =>
    Object.assign(request, { rawBody: bytes, body: parsed(request, bytes) }),
  'the bytes alone': (request, bytes) => Object.assign(request, { rawBody: bytes }),
  'the bytes as a text': (request, bytes) => Object.assign(request, { rawBody: bytes.toString() }),
  'the bytes as the body': (request, bytes) => Object.assign(request, { body: bytes }),
  'the bytes, and an empty object as the body': (request, bytes) =>
    Object.assign(request, { rawBody: bytes, body: {} }),
  'what they hold': (request, bytes) => Object.assign(request, { body: parsed(request, bytes) }),
};
const EMPTY: Readonly<Record<string, Keep>> = {
  nothing: () => undefined,
  'an empty object': (request) => Object.assign(request, { body: {} }),
  null: (request) => Object.assign(request, { body: null }),
};

describe.each<Adapter>(['express', 'fastify'])('F16: a platform that has read the body, before %s', (adapter) => {
  const inside = async (keep: Keep) => {
    const { app } = await start({ adapter });
    const instance = app.getHttpAdapter().getInstance() as RequestListener & { server?: NodeJS.EventEmitter };
    const handle: RequestListener =
      adapter === 'express'
        ? instance
        : (request, response) => void instance.server!.emit('request', request, response);
    return platform(handle, keep);
  };

  it.each(Object.keys(PLATFORMS))('leaves %s', async (name) => {
    const { url, close } = await inside(PLATFORMS[name]!);
    await expect(expectBodies(url).finally(close)).resolves.toBeUndefined();
  });

  it('hands over a request that is no stream (Azure)', async () => {
    const { url, close } = await inside((request, bytes) => {
      for (const name of ['readableEnded', 'readableDidRead', 'destroyed'])
        Object.defineProperty(request, name, { value: undefined });
      Object.assign(request, { rawBody: bytes.toString(), body: parsed(request, bytes) });
    });
    await expect(expectBodies(url).finally(close)).resolves.toBeUndefined();
  });

  it('leaves what it holds of a large body that came in pieces: 413', async () => {
    const { url, close } = await inside((request, bytes) => {
      delete request.headers['content-length'];
      request.headers['transfer-encoding'] = 'chunked';
      Object.assign(request, { body: parsed(request, bytes) });
    });
    const body = { email: 'large@example.com', password: 'x'.repeat(70_000) };
    const answer = await send(`${url}/api/auth/sign-in/email`, { body }).finally(close);
    expect([answer.status, answer.body.code]).toEqual([413, 'PAYLOAD_TOO_LARGE']);
  });

  it.each(Object.keys(EMPTY))('leaves %s: 500, and the log names the cause', async (name) => {
    const log = jest.spyOn(Logger.prototype, 'error');
    const { url, close } = await inside(EMPTY[name]!);
    await expectTold(url, ['json', 'form']).finally(close);
    expect(log.mock.calls[0]![0]).toMatch(/BODY_ALREADY_READ: .*in front of the auth routes.*rawBody/);
  });
});

type Swap = (request: { headers: Record<string, string> }, reply: unknown, payload: Readable) => Promise<Readable>;
interface Hooked {
  addHook(name: 'preParsing', hook: Swap): unknown;
}

describe('F16: hooks of Fastify that swap the stream', () => {
  const SWAPS: Readonly<Record<string, Swap>> = {
    'by a copy of what it read': async (_request, _reply, payload) => Readable.from(await buffer(payload)),
    'by a copy that says how much it read': async (_request, _reply, payload) => {
      const bytes = await buffer(payload);
      return Object.assign(Readable.from([bytes]), { receivedEncodedLength: bytes.length });
    },
    'by a pipe': async (_request, _reply, payload) => payload.pipe(new PassThrough()),
    'by a pipe that counts': async (_request, _reply, payload) => {
      const counter = new Transform({
        transform(chunk: Buffer, _encoding, done) {
          done(null, chunk);
        },
      });
      return payload.pipe(Object.assign(counter, { receivedEncodedLength: 1 }));
    },
    'by nothing': async () => Readable.from([]),
  };

  it.each(Object.keys(SWAPS))('%s, added by the host after ours', async (name) => {
    const { url } = await start({
      adapter: 'fastify',
      configure: (app) => (app.getHttpAdapter().getInstance() as Hooked).addHook('preParsing', SWAPS[name]!),
    });
    await expect(expectBodies(url)).resolves.toBeUndefined();
  });

  it.each(Object.keys(SWAPS))('%s, added before Nest', async (name) => {
    const httpAdapter = new FastifyAdapter();
    (httpAdapter.getInstance() as unknown as Hooked).addHook('preParsing', SWAPS[name]!);
    const { url } = await start({ httpAdapter });
    await expect(expectBodies(url)).resolves.toBeUndefined();
  });
});
