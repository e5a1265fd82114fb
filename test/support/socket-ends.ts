import { ApiKeysService, SessionsService, UsersService } from '../../src/index.js';
import type { TestApp } from './app.js';
import { send } from './http.js';
import type { SignedInUser } from './users.js';

/** What ends all credentials of a session or a user, on one node. */
export const ENDS = {
  'sign-out': async ({ token }: SignedInUser, { url }: TestApp) => {
    await send(`${url}/api/auth/sign-out`, { body: {}, bearer: token });
  },
  'the end of its session': async ({ id, sessionId }: SignedInUser, { app }: TestApp) => {
    await app.get(SessionsService).end(id, sessionId);
  },
  'a disabled user': async ({ id }: SignedInUser, { app }: TestApp) => {
    await app.get(UsersService).disable(id);
  },
  'a forgotten user': async ({ id }: SignedInUser, { app }: TestApp) => {
    await app.get(UsersService).forget(id);
  },
};

/** What ends an API key. */
export const KEY_ENDS = {
  'a disabled key': async (id: string, { app }: TestApp) =>
    void (await app.get(ApiKeysService).update(id, { enabled: false })),
  'a revoked key': (id: string, { app }: TestApp) => app.get(ApiKeysService).revoke(id),
  'a rotated key': async (id: string, { app }: TestApp) =>
    void (await app.get(ApiKeysService).rotate(id, { overlap: 0 })),
};
