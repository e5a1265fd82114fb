import type { INestApplication } from '@nestjs/common';
import passport from 'passport';
import { BearerStrategy } from '../../src/index.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { send } from '../support/http.js';
import { signUp, type SignedInUser } from '../support/users.js';

interface ExpressLike {
  get(path: string, ...handlers: unknown[]): void;
}

/** A route of the host that knows nothing of Nest's guards. */
function mountPassport(app: INestApplication): void {
  const authenticator = new passport.Passport();
  authenticator.use(app.get(BearerStrategy));
  const express = app.getHttpAdapter().getInstance() as ExpressLike;
  express.get(
    '/passport',
    authenticator.authenticate('bearer', { session: false }),
    (request: { user: { subjectId: string } }, response: { json(body: unknown): void }) =>
      response.json({ subject: request.user.subjectId }),
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
