import { Controller, Get } from '@nestjs/common';
import { BearerAuth, CurrentPrincipal, type AuthPrincipal, type StaticClientOptions } from '../../src/index.js';
import { ADAPTERS } from '../support/adapter.js';
import type { TestApp } from '../support/app.js';
import { CALLBACK, createOAuthApp, OTHER_API, tokensFor } from '../support/client-auth.js';
import { send, type Answer } from '../support/http.js';
import { MCP, notes, SdkOneController, SdkTwoController } from '../support/mcp-servers.js';
import { signUp, type SignedInUser } from '../support/users.js';

const AGENT: StaticClientOptions = {
  clientId: 'agent',
  redirectUris: [CALLBACK],
  scopes: ['notes:read', 'notes:write'],
};

/** An API that tools call. */
@Controller('upstream')
class UpstreamController {
  @Get() @BearerAuth({ audience: OTHER_API }) mine(@CurrentPrincipal() { subjectId }: AuthPrincipal) {
    return { subjectId };
  }
}

const SERVERS = { 'SDK 1': SdkOneController, 'SDK 2': SdkTwoController };
const cases = Object.entries(SERVERS).flatMap(([name, controller]) =>
  ADAPTERS.map((adapter) => ({ name, adapter, controller })),
);

describe.each(cases)('threats to an endpoint of $name on $adapter', ({ adapter, controller }) => {
  let host: TestApp;
  let user: SignedInUser;
  beforeAll(async () => {
    host = await createOAuthApp({
      adapter,
      clients: [AGENT],
      controllers: [controller, UpstreamController],
      auth: { resources: [{ resource: MCP }, { resource: OTHER_API }] },
      provider: { scopes: ['notes:read', 'notes:write'] },
    });
    user = await signUp(host.url);
  });
  beforeEach(() => void (notes.length = 0));
  afterAll(() => host?.close());

  async function tokenFor(scopes: string[], resource = MCP): Promise<string> {
    return (await tokensFor(host, AGENT, user, { scopes, resources: [resource] })).access_token;
  }

  const call = (name: unknown, id = 1) => ({
    jsonrpc: '2.0',
    id,
    method: 'tools/call',
    params: { name, arguments: {} },
  });

  async function post(
    body: unknown,
    { headers = {}, bearer }: { headers?: Record<string, string>; bearer: string },
  ): Promise<Answer> {
    const accept = 'application/json, text/event-stream';
    return send(`${host.url}/mcp`, { body, bearer, headers: { accept, ...headers } });
  }

  it('T175: a tool has no token that it could pass on, and what it has opens nothing', async () => {
    const bearer = await tokenFor(['notes:read']);
    const { text } = await post(call('auth_info'), { bearer });
    expect(text).toContain(user.id);
    expect(text).not.toContain(bearer);
    const [, id] = /\\"token\\":\\"([^"\\]+)\\"/.exec(text)!;
    for (const one of [id!, bearer]) expect((await send(`${host.url}/upstream`, { bearer: one })).status).toBe(401);
    const meant = await tokenFor(['notes:read'], OTHER_API);
    expect((await send(`${host.url}/upstream`, { bearer: meant })).body).toEqual({ subjectId: user.id });
  });

  it('T178: 401 for a token that is meant for another resource, or for none', async () => {
    const { access_token: ofNone } = await tokensFor(host, AGENT, user, { scopes: ['notes:write'] });
    for (const bearer of [await tokenFor(['notes:write'], OTHER_API), ofNone]) {
      const answer = await post(call('add_note'), { bearer });
      expect(answer.status).toBe(401);
      expect(answer.headers.get('www-authenticate')).toContain('error="invalid_token"');
    }
    expect(notes).toEqual([]);
  });

  it('T177: a batch that hides a second call is refused as a whole', async () => {
    const bearer = await tokenFor(['notes:read']);
    const batches = [
      [call('whoami'), call('add_note', 2)],
      [call('add_note'), call('whoami', 2)],
      [
        { jsonrpc: '2.0', method: 'notifications/initialized' },
        { jsonrpc: '2.0', method: 'tools/call', params: { name: 'add_note' } },
      ],
    ];
    for (const batch of batches) {
      const answer = await post(batch, { bearer });
      expect(answer.status).toBe(403);
      expect(answer.headers.get('www-authenticate')).toContain('error="insufficient_scope"');
      expect(answer.headers.get('www-authenticate')).toContain('scope="notes:write"');
    }
    expect(notes).toEqual([]);
    expect((await post(batches[0], { bearer: await tokenFor(['notes:write']) })).status).toBeLessThan(500);
  });

  it('T177: the tool that is judged is the tool that runs, however the call is written', async () => {
    const bearer = await tokenFor(['notes:read']);
    const written = [
      '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"whoami","name":"add_note","arguments":{}}}',
      '{"jsonrpc":"2.0","id":1,"method":"ping","method":"tools/call","params":{"name":"add_note","arguments":{}}}',
      '{"jsonrpc":"2.0","id":1,"method":"tools\\u002fcall","params":{"name":"add\\u005fnote","arguments":{}}}',
      JSON.stringify({
        ...call('add_note'),
        params: { name: 'add_note', arguments: { name: 'whoami' }, _meta: { name: 'whoami' } },
      }),
    ];
    for (const body of written)
      expect((await post(body, { bearer, headers: { 'content-type': 'application/json' } })).status).toBe(403);
    for (const name of [
      'ADD_NOTE',
      ' add_note',
      'add_note\u0000',
      ['add_note'],
      { toString: 'add_note' },
      7,
      null,
      '__proto__',
      'constructor',
    ])
      expect((await post(call(name), { bearer })).status).toBeLessThan(500);
    expect(notes).toEqual([]);
  });

  it('T176: a body that the guard has not read runs nothing, whatever it says that it is', async () => {
    const bearer = await tokenFor(['notes:read']);
    const types = [
      'text/plain',
      'text/plain; a=application/json',
      'application/octet-stream',
      'multipart/form-data; boundary=a',
      'application/x-www-form-urlencoded',
      'application/jsonx',
      '',
    ];
    for (const type of types) {
      const answer = await post(JSON.stringify(call('add_note')), { bearer, headers: { 'content-type': type } });
      expect([400, 415]).toContain(answer.status);
    }
    for (const body of [
      '"tools/call"',
      '[]',
      '{}',
      'null',
      '[[]]',
      '{"method":"tools/call","params":{"name":"add_note"}}',
    ])
      expect((await post(body, { bearer, headers: { 'content-type': 'application/json' } })).status).toBeLessThan(500);
    for (const method of ['PUT', 'PATCH', 'DELETE', 'GET']) {
      const body = method === 'GET' ? undefined : JSON.stringify(call('add_note'));
      const headers = { 'content-type': 'application/json', 'x-http-method-override': 'POST' };
      const answer = await send(`${host.url}/mcp`, { method, bearer, headers, ...(body && { body }) });
      expect(answer.status).toBeLessThan(500);
    }
    expect(notes).toEqual([]);
  });
});
