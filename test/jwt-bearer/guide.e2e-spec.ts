import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { TEST_ISSUER, type TestApp } from '../support/app.js';
import { createAssertionHost, JWT_BEARER_GRANT, outcome, present } from '../support/assertions.js';

const GUIDE = readFileSync('docs/guides/assertions.md', 'utf8');
const ASSISTANT = {
  clientId: 'assistant',
  clientSecret: 'a secret of the assistant',
  grantTypes: [JWT_BEARER_GRANT],
  scopes: ['files:read', 'files:write'],
};

describe('docs/guides/assertions.md, "Try it"', () => {
  const folder = mkdtempSync(join(tmpdir(), 'assertions-'));
  let host: TestApp;
  const run = (...args: string[]) =>
    execFileSync('node', ['issuer.mjs', ...args], { cwd: folder, encoding: 'utf8' }).trim();

  beforeAll(async () => {
    writeFileSync(join(folder, 'issuer.mjs'), /```js\n([\s\S]*?)```/.exec(GUIDE)![1]!);
    symlinkSync(resolve('node_modules'), join(folder, 'node_modules'));
    const jwks = JSON.parse(run('--keys'));
    const idp = { issuer: 'https://idp.example.com', type: 'id-jag', algorithms: ['ES256'] } as const;
    host = await createAssertionHost([{ ...idp, clients: ['assistant'], jwks, createUsers: true }], {
      clients: [ASSISTANT],
      provider: { scopes: ['openid', 'files:read', 'files:write'] },
      auth: { resources: [{ resource: `${TEST_ISSUER}/mcp`, scopes: ['files:read', 'files:write'] }] },
    });
  });
  afterAll(async () => {
    await host.close();
    rmSync(folder, { recursive: true });
  });

  it('ID-JAG 4.4 (I22): its assertions are good once each, for a new user, Ada', async () => {
    const first = run();
    expect(outcome(await present(host, first, {}, ASSISTANT))).toBe('200 files:read');
    expect(outcome(await present(host, first, {}, ASSISTANT))).toBe('400 invalid_grant');
    expect(outcome(await present(host, run(), {}, ASSISTANT))).toBe('200 files:read');
    expect(await host.sql('SELECT email FROM auth_user')).toEqual([{ email: 'ada@example.com' }]);
  });
});
