import type { INestApplication } from '@nestjs/common';
import type { IncomingMessage, ServerResponse } from 'node:http';
import passport from 'passport';
import { BearerStrategy } from '../../src/index.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { send } from '../support/http.js';
import { signUp, type SignedInUser } from '../support/users.js';

type Served = IncomingMessage & { user?: { subjectId: string } };

/** A path of the host that knows nothing of Nest's guards. */
function mountPassport(app: INestApplication): void {
  const authenticator = new passport.Passport();
  authenticator.use(app.get(BearerStrategy));
  const authenticate = authenticator.authenticate('bearer', { session: false }) as (
    request: IncomingMessage,
    response: ServerResponse,
    next: (error?: unknown) => void,
  ) => void;
  app.use('/passport', (request: Served, response: ServerResponse, next: (error?: unknown) => void) =>
    authenticate(request, response, (error) =>
      error === undefined ? response.end(JSON.stringify({ subject: request.user?.subjectId })) : next(error),
    ),
  );
}

describe('BearerStrategy mounted in Passport', () => {
  let host: TestApp;
  let user: SignedInUser;
  beforeAll(async () => {
    host = await createTestApp({ configure: mountPassport });
    user = await signUp(host.url);
  });
  afterAll(() => host.close());

  it('200 for a good token in the Authorization header', async () => {
    const answer = await send(`${host.url}/passport`, { bearer: user.accessToken });
    expect(answer.body).toEqual({ subject: user.id });
  });

  it('401 with a Bearer challenge without a token and for a bad one', async () => {
    for (const bearer of [undefined, 'garbage', user.refreshToken]) {
      const answer = await send(`${host.url}/passport`, bearer === undefined ? {} : { bearer });
      expect(answer.status).toBe(401);
      expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer realm="localhost:3000"/);
    }
  });

  it('OAuth 2.1 5.1: a token in the query is not looked at', async () => {
    expect((await send(`${host.url}/passport?access_token=${user.accessToken}`)).status).toBe(401);
  });

  it('requests at the same time do not get one another’s identity', async () => {
    const other = await signUp(host.url);
    const both = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        send(`${host.url}/passport`, { bearer: index % 2 ? other.accessToken : user.accessToken }),
      ),
    );
    expect(both.map(({ body }) => body.subject)).toEqual(both.map((_, index) => (index % 2 ? other.id : user.id)));
  });
});
