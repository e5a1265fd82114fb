import { DocumentBuilder } from '@nestjs/swagger';
import { readFile, writeFile } from 'node:fs/promises';
import type { CanActivate, INestApplication } from '@nestjs/common';
import { createAuthDocument } from '../../src/swagger/index.js';
import { createTestApp, type Adapter, type TestApp } from '../support/app.js';
import { send } from '../support/http.js';

/**
 * The wire as it is: the API document, the discovery documents, and how every route answers a stranger. Whoever changes the structure
 * of the code compares with what was recorded before; `WIRE_RECORD=1` records.
 */
const RECORD = new URL('./wire.record.json', import.meta.url);

const nobody: CanActivate = { canActivate: () => false };

async function startHost(adapter: Adapter): Promise<TestApp> {
  return createTestApp({
    adapter,
    auth: {
      apiKeys: true,
      jwt: true,
      device: true,
      administration: { guard: nobody },
      accountLinking: {
        providers: [
          {
            providerId: 'recorded',
            clientId: 'client',
            clientSecret: 'secret',
            authorizationUrl: 'https://idp.example/authorize',
            tokenUrl: 'https://idp.example/token',
            userInfoUrl: 'https://idp.example/userinfo',
          },
        ],
      },
      clientCredentials: true,
      oauthProvider: {
        scopes: ['openid', 'profile', 'email', 'offline_access', 'reports:read'],
        dynamicRegistration: { mode: 'open' },
        clients: [
          {
            clientId: 'web',
            name: 'Web',
            tokenEndpointAuthMethod: 'none',
            redirectUris: ['https://app.example/callback'],
          },
        ],
      },
    },
  });
}

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];
const HEADERS = ['content-type', 'www-authenticate', 'allow', 'cache-control', 'location', 'vary', 'retry-after'];

const BODIES: Record<string, { headers?: Record<string, string>; body?: string }> = {
  none: {},
  json: { headers: { 'content-type': 'application/json' }, body: '{}' },
  broken: { headers: { 'content-type': 'application/json' }, body: '{' },
  form: { headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: 'a=b' },
  text: { headers: { 'content-type': 'text/plain' }, body: 'a' },
};
const CREDENTIALS: Record<string, Record<string, string>> = {
  bearer: { authorization: 'Bearer nas_unknown' },
  jwt: { authorization: 'Bearer a.b.c' },
  basic: { authorization: `Basic ${Buffer.from('web:x').toString('base64')}` },
  key: { 'x-api-key': 'nothing' },
  cookie: { cookie: 'better-auth.session_token=nothing', origin: 'http://localhost:3000' },
  foreign: { origin: 'https://elsewhere.example' },
};

/** What differs from run to run. */
function scrub(text: string, host: TestApp): string {
  return text
    .replaceAll(new URL(host.url).host, 'HOST')
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, 'UUID')
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME')
    .replace(/\b1\d{9}\b/g, 'SECONDS')
    .replace(/(nonce-|csrf" value="|state=|sig=|signature=|code_challenge=)[\w%.-]+/g, '$1RANDOM')
    .replace(/[A-Za-z0-9_-]{40,}/g, 'LONG')
    .replace(/[A-Z]{4}-[A-Z]{4}/g, 'USER-CODE');
}

/** Keys stand in the set as their ids sort, which are drawn. */
function inOrder(text: string): string {
  if (!text.startsWith('{"keys":[')) return text;
  const { keys } = JSON.parse(text) as { keys: { alg: string }[] };
  return JSON.stringify({ keys: keys.sort((one, other) => one.alg.localeCompare(other.alg)) });
}

async function answerOf(host: TestApp, method: string, path: string, options: object): Promise<string> {
  const answer = await send(`${host.url}${path}`, { method, ...options });
  const headers = [...answer.headers]
    .filter(([name]) => HEADERS.includes(name) || name.startsWith('access-control-'))
    .map(([name, value]) => `${name}: ${value}`)
    .sort();
  const cookies = answer.headers.getSetCookie().map((line) => line.replace(/=[^;]*/, '=…'));
  return scrub([String(answer.status), ...headers, ...cookies, inOrder(answer.text)].join('\n'), host);
}

function documentOf(app: INestApplication) {
  return createAuthDocument(app, new DocumentBuilder().build());
}

function pathsOf(host: TestApp): string[] {
  const stack = (host.app.getHttpAdapter().getInstance() as { router: { stack: { route?: { path: string } }[] } })
    .router.stack;
  return [...new Set(stack.flatMap((layer) => (layer.route ? [layer.route.path] : [])))]
    .filter((path) => !/[*{]/.test(path))
    .map((path) => path.replace(/:\w+/g, '00000000-0000-4000-8000-000000000000'))
    .sort();
}

async function recordOf(host: TestApp, paths: readonly string[]): Promise<Record<string, string>> {
  const lines: Record<string, string> = {};
  for (const path of [...paths, '/api/auth/nowhere', '/elsewhere']) {
    for (const method of METHODS) {
      const variants: Record<string, object> = {
        none: {},
        ...(method === 'OPTIONS' && {
          preflight: { headers: { origin: 'https://app.example', 'access-control-request-method': 'POST' } },
        }),
        ...(!['GET', 'HEAD', 'OPTIONS'].includes(method) && BODIES),
        ...Object.fromEntries(
          Object.entries(CREDENTIALS)
            .filter(() => ['GET', 'POST', 'DELETE'].includes(method))
            .map(([name, headers]) => [name, { headers }]),
        ),
      };
      for (const [name, options] of Object.entries(variants))
        lines[`${method} ${path} ${name}`] = await answerOf(host, method, path, options);
    }
  }
  return lines;
}

/** Equal answers once, and a table of their numbers: the record stays small enough to look at. */
function pack(record: Record<string, Record<string, string>>) {
  const answers: string[] = [];
  const numbers = new Map<string, number>();
  const table: Record<string, number> = {};
  for (const [part, lines] of Object.entries(record))
    for (const [name, answer] of Object.entries(lines)) {
      if (!numbers.has(answer)) numbers.set(answer, answers.push(answer) - 1);
      table[`${part} ${name}`] = numbers.get(answer)!;
    }
  return { answers, table };
}

function unpack({ answers, table }: ReturnType<typeof pack>): Record<string, string> {
  return Object.fromEntries(Object.entries(table).map(([name, number]) => [name, answers[number]!]));
}

describe('the wire', () => {
  it('is what it was recorded to be', async () => {
    const record: Record<string, Record<string, string>> = {};
    let paths: string[] = [];
    for (const adapter of ['express', 'fastify'] as const) {
      const host = await startHost(adapter);
      if (adapter === 'express') {
        paths = pathsOf(host);
        const document = documentOf(host.app) as unknown as Record<string, object>;
        record['document'] = {
          ...Object.fromEntries(
            Object.entries(document['paths']!).map(([path, one]) => [path, JSON.stringify(one, null, 1)]),
          ),
          components: JSON.stringify(document['components'], null, 1),
        };
      }
      record[adapter] = await recordOf(host, paths);
      await host.close();
    }
    const found = pack(record);
    if (process.env['WIRE_RECORD']) await writeFile(RECORD, `${JSON.stringify(found, null, 1)}\n`);
    const recorded = unpack(JSON.parse(await readFile(RECORD, 'utf8')) as typeof found);
    const now = unpack(found);
    const changed = [...new Set([...Object.keys(recorded), ...Object.keys(now)])].filter(
      (name) => recorded[name] !== now[name],
    );
    expect(changed.slice(0, 40).map((name) => [name, recorded[name], now[name]])).toEqual([]);
  }, 900_000);
});
