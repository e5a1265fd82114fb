import { startDocumentedDemo, type ApiDocument } from '../support/api-document.js';
import { compileCalls, type CompiledCalls } from '../support/generated-client.js';

/** Ordinary calls, written as a developer does who has read the document. */
const CALLS = `
import type { Client } from 'openapi-fetch';
import type { paths } from './api.js';

const body = { email: 'demo@example.com', password: 'demo-password' };

export async function calls(client: Client<paths>): Promise<Record<string, unknown>> {
  const signedIn = await client.POST('/api/auth/sign-in/email', { body });
  const token: string = signedIn.data!.token;
  const headers = { authorization: \`Bearer \${token}\` };

  const made = await client.POST('/api/auth/api-key/create', { headers, body: { name: 'CI', expiresIn: 86_400 } });
  const key: string = made.data!.key;
  const expiresAt: string | null = made.data!.expiresAt;

  const listed = await client.GET('/api/auth/api-key/list', {
    headers,
    params: { query: { limit: 10, enabled: true, sortBy: 'createdAt' } },
  });
  const names: (string | null)[] = listed.data!.apiKeys.map((one) => one.name);

  const who = await client.GET('/whoami', { headers: { 'x-api-key': key } });
  const subject: string = who.data!.subjectId;

  const tokens = await client.POST('/api/auth/oauth2/token', {
    body: { grant_type: 'client_credentials', client_id: 'demo-service', client_secret: 'demo-service-secret' },
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  });
  const seconds: number = tokens.data!.expires_in;

  const refused = await client.GET('/api/auth/api-key/get', { headers, params: { query: { id: 'unknown' } } });
  const code: string = refused.error!.code;

  return { expiresAt, names, subject, user: signedIn.data!.user.id, seconds, code };
}
`;

describe('F32: a client that openapi-typescript generates from the document of the demo', () => {
  let document: ApiDocument;
  let url: string;
  let close: () => Promise<void>;
  let compiled: CompiledCalls;
  beforeAll(async () => {
    const started = await startDocumentedDemo();
    ({ document, close } = started);
    url = started.demo.url;
    compiled = await compileCalls(document, CALLS);
  });
  afterAll(async () => {
    await compiled.remove();
    await close();
  });

  it('compiles six ordinary calls', () => {
    expect(compiled.problems).toEqual([]);
  });

  it('200 and they work', async () => {
    const result = (await compiled.run(url)) as Record<string, unknown>;
    expect(result).toEqual({
      expiresAt: expect.any(String),
      names: ['CI'],
      subject: result['user'],
      user: expect.any(String),
      seconds: 3_600,
      code: 'KEY_NOT_FOUND',
    });
  });

  it('does not compile what the server would refuse', async () => {
    const wrong = await compileCalls(
      document,
      CALLS.replace("name: 'CI', expiresIn: 86_400", "name: 'CI', expiresIn: '1d'"),
    );
    await wrong.remove();
    expect(wrong.problems.join()).toContain("Type 'string' is not assignable to type 'number'");
  });
});
