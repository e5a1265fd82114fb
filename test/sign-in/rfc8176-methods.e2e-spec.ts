import { Controller, Get, Req } from '@nestjs/common';
import { Database } from '../../src/common/database/database.js';
import { HostPorts } from '../../src/common/ports/port.js';
import { Auth } from '../../src/index.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { send } from '../support/http.js';
import { signIn, signUp, TEST_PASSWORD } from '../support/users.js';

@Controller('who')
class WhoController {
  @Get()
  @Auth('session', 'bearer')
  who(@Req() request: { auth: unknown }) {
    return request.auth;
  }
}

describe('RFC 8176 how a user proved who they are', () => {
  let host: TestApp;
  beforeAll(async () => {
    host = await createTestApp({ controllers: [WhoController] });
  });
  afterAll(() => host.close());
  const methodsOf = (sessionId: string) =>
    host.app
      .get(Database)
      .transaction(async (tx) => (await host.app.get(HostPorts).sessions.get().hold(tx, sessionId))?.methods);
  const claimsOf = async (bearer: string) => (await send(`${host.url}/who`, { bearer })).body.claims;

  it('pwd at sign-up, sign-in and change of password', async () => {
    const up = await signUp(host.url);
    const back = await signIn(host.url, up.email);
    for (const { sessionId, token } of [up, back]) {
      expect(await methodsOf(sessionId)).toEqual(['pwd']);
      expect(await claimsOf(token)).toEqual({ amr: ['pwd'], acr: 'urn:nest-authority:acr:pwd' });
    }
    const body = { currentPassword: TEST_PASSWORD, newPassword: 'another good password', revokeOtherSessions: true };
    const changed = await send(`${host.url}/api/auth/change-password`, { bearer: back.token, body });
    expect(await claimsOf(changed.body.token)).toEqual({ amr: ['pwd'], acr: 'urn:nest-authority:acr:pwd' });
  });

  it('nothing for whom somebody else vouches, and for sessions from before', async () => {
    const { id, email } = await signUp(host.url);
    const ports = host.app.get(HostPorts);
    const user = (await ports.users.get().findByEmail(email))!;
    const from = {
      epoch: 0,
      rememberMe: true,
      caller: { headers: {}, address: null, userAgent: null },
      answersWithBody: false,
    };
    const started = await ports.signInFlow.get().complete(user, from);
    expect(await methodsOf(started.session.id)).toEqual([]);
    expect(await claimsOf(started.token)).toEqual({});
    expect(user.id).toBe(id);
  });
});
