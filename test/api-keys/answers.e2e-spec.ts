import { DocumentBuilder } from '@nestjs/swagger';
import { createAuthDocument } from '../../src/swagger/index.js';
import { createKeyApp, type KeyApp } from '../support/api-keys.js';
import { signUp, type SignedInUser } from '../support/users.js';

/** Better-auth's members first, in its order. A new field goes behind them, and into the schema of the answers. */
const MEMBERS =
  `id configId name start prefix referenceId refillInterval refillAmount lastRefillAt enabled rateLimitEnabled rateLimitTimeWindow
  rateLimitMax requestCount remaining lastRequest expiresAt createdAt updatedAt permissions metadata scopes allowedIps ownerKind createdBy
  revokedAt revokedReason rotatedTo rotatedFrom agent delegatedFrom`.split(/\s+/);

describe('API keys in answers: all members of the schema, in one order, and nothing else', () => {
  let host: KeyApp;
  let ada: SignedInUser;
  beforeAll(async () => {
    host = await createKeyApp();
    ada = await signUp(host.url);
  });
  afterAll(() => host.close());

  it('create and rotate have the key behind them; get, list, update and verify have none', async () => {
    const made = (await host.call(ada, 'create', { name: 'one' })).body;
    const got = (await host.call(ada, `get?id=${made.id}`)).body;
    const [listed] = (await host.call(ada, 'list')).body.apiKeys;
    const updated = (await host.call(ada, 'update', { keyId: made.id, name: 'two' })).body;
    const verified = (await host.call(ada, 'verify', { key: made.key })).body.key;
    const rotated = (await host.call(ada, 'rotate', { keyId: made.id })).body;
    for (const answer of [got, listed, updated, verified]) expect(Object.keys(answer)).toEqual(MEMBERS);
    for (const answer of [made, rotated]) expect(Object.keys(answer)).toEqual([...MEMBERS, 'key']);
  });

  it('the schema in the API document has the same', () => {
    const { components } = createAuthDocument(host.app, new DocumentBuilder().build());
    const { properties } = components!.schemas!['AuthApiKey'] as { properties: object };
    expect(Object.keys(properties).sort()).toEqual([...MEMBERS].sort());
  });
});
