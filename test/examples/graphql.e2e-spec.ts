import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { startExample, type ExampleProcess } from '../support/example.js';
import { operate } from '../support/graphql.js';
import { graphqlSocket } from '../support/graphql-socket.js';
import { send } from '../support/http.js';
import { until } from '../support/until.js';
import { signUp, type SignedInUser } from '../support/users.js';

const ADD = 'mutation { addNote(text: "Hello") { id mine } }';

describe('examples/graphql', () => {
  let database: TestDatabase;
  let example: ExampleProcess;
  let user: SignedInUser;
  const authorization = () => `Bearer ${user.token}`;

  beforeAll(async () => {
    database = await createTestDatabase();
    example = await startExample('graphql', { env: { DATABASE_URL: database.url } });
    user = await signUp(example.url, { name: 'Ann' });
  });
  afterAll(async () => {
    await example?.stop();
    await database?.drop();
  });

  it('a note that is added comes to the subscriber, whose sign-out ends the subscription', async () => {
    const socket = graphqlSocket(example.url, { connectionParams: { authorization: authorization() } });
    const answers = socket.answers('subscription { noteAdded { id text mine } }');
    const heard = answers.next();
    let isHeard = false;
    void heard.then(() => (isHeard = true));
    // Until one is added after the subscription has begun.
    await until('a note is heard of', async () => {
      const added = await operate(example.url, ADD, { authorization: authorization() });
      expect(added.body).toEqual({ data: { addNote: { id: expect.any(String), mine: true } } });
      return isHeard;
    });
    expect((await heard).value).toEqual({ data: { noteAdded: { id: expect.any(String), text: 'Hello', mine: true } } });
    const last = answers.next().catch(() => 'closed');
    await send(`${example.url}/api/auth/sign-out`, { method: 'POST', bearer: user.token });
    expect([await socket.closed, await last]).toEqual([4401, 'closed']);
  });

  it('without a credential the note is readable, and its guarded field is not', async () => {
    const { body } = await operate(example.url, '{ notes { text mine } }');
    expect(body.data.notes[0]).toEqual({ text: 'Hello', mine: null });
    expect(body.errors[0].extensions.code).toBe('UNAUTHENTICATED');
    expect(example.output()).not.toContain('fieldResolverEnhancers');
  });
});
