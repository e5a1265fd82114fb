import { WebSocket, type ClientOptions } from 'ws';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { startExample, type ExampleProcess } from '../support/example.js';
import { send } from '../support/http.js';
import { signUp } from '../support/users.js';

describe('examples/websocket', () => {
  let database: TestDatabase;
  let example: ExampleProcess;

  beforeAll(async () => {
    database = await createTestDatabase();
    example = await startExample('websocket', { env: { DATABASE_URL: database.url } });
  });
  afterAll(async () => {
    await example?.stop();
    await database?.drop();
  });

  /** As its README does by `wscat`. */
  function open(protocols: string[], options: ClientOptions = {}) {
    const socket = new WebSocket(`${example.url.replace('http', 'ws')}/chat`, protocols, options);
    return {
      socket,
      opened: new Promise((resolve) => socket.once('open', resolve)),
      closed: new Promise((resolve) => socket.once('close', resolve)),
      said: () => new Promise((resolve) => socket.once('message', (text) => resolve(JSON.parse(String(text))))),
    };
  }
  const withToken = (token: string) => open([], { headers: { authorization: `Bearer ${token}` } });

  it('closes a stranger with 4401', async () => {
    expect(await open([]).closed).toBe(4401);
  });

  it('those who signed in talk to one another, by header and by subprotocol; who signs out is closed', async () => {
    const { token } = await signUp(example.url, { name: 'Ann' });
    const [ann, page] = [withToken(token), open(['bearer', token])];
    await Promise.all([ann.opened, page.opened]);
    const heard = page.said();
    ann.socket.send('{"event":"say","data":"Hello"}');
    expect(await heard).toEqual({ event: 'said', data: { by: 'Ann', text: 'Hello' } });
    await send(`${example.url}/api/auth/sign-out`, { method: 'POST', bearer: token });
    expect(await Promise.all([ann.closed, page.closed])).toEqual([4401, 4401]);
  });
});
