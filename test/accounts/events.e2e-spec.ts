import { AuthEvents, UsersService, type AnyAuthEvent } from '../../src/index.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { send } from '../support/http.js';
import { signIn, signUp, TEST_PASSWORD } from '../support/users.js';

describe('AuthEvents', () => {
  let host: TestApp;
  let events: AuthEvents;
  beforeAll(async () => {
    host = await createTestApp();
    events = host.app.get(AuthEvents);
  });
  afterAll(() => host.close());

  const during = async (work: () => Promise<unknown>): Promise<AnyAuthEvent[]> => {
    const heard: AnyAuthEvent[] = [];
    const stop = events.onAny((event) => void heard.push(event));
    await work();
    stop();
    return heard;
  };
  const names = (heard: AnyAuthEvent[]) => heard.map(({ name }) => name);

  it('user.created, session.started, tokens.issued at sign-up; ids are those of the answer; no secret in any', async () => {
    let user!: Awaited<ReturnType<typeof signUp>>;
    const heard = await during(async () => (user = await signUp(host.url)));
    expect(names(heard)).toEqual(expect.arrayContaining(['user.created', 'session.started', 'tokens.issued']));
    const started = heard.find(({ name }) => name === 'session.started')!;
    expect(started.event).toEqual({ sessionId: user.sessionId, subjectId: user.id });
    expect(Object.isFrozen(started.event)).toBe(true);
    expect(started.at).toBeInstanceOf(Date);
    const text = JSON.stringify(heard);
    for (const secret of [user.token, user.accessToken, user.refreshToken, TEST_PASSWORD])
      expect(text).not.toContain(secret);
  });

  it('session.ended and tokens.revoked at sign-out, subject.ended and subject.enabled with disable and enable', async () => {
    const user = await signUp(host.url);
    const out = await during(() => send(`${host.url}/api/auth/sign-out`, { method: 'POST', bearer: user.token }));
    expect(names(out)).toEqual(expect.arrayContaining(['session.ended', 'tokens.revoked']));
    const users = host.app.get(UsersService);
    const ends = await during(async () => {
      await users.disable(user.id);
      await users.enable(user.id);
      await users.forget(user.id);
    });
    expect(ends.filter(({ name }) => name.startsWith('subject.')).map(({ name, event }) => ({ name, event }))).toEqual([
      { name: 'subject.ended', event: { subjectId: user.id, end: 'disabled' } },
      { name: 'subject.enabled', event: { subjectId: user.id } },
      { name: 'subject.ended', event: { subjectId: user.id, end: 'forgotten' } },
    ]);
  });

  it('sign-in.failed tells the log what the client is not told', async () => {
    const user = await signUp(host.url);
    const heard = await during(async () => {
      await signIn(host.url, user.email, 'hunter2 hunter2').catch(() => undefined);
      await signIn(host.url, `no-${user.email}`).catch(() => undefined);
      await host.app.get(UsersService).disable(user.id);
      await signIn(host.url, user.email).catch(() => undefined);
    });
    const failed = heard.filter(({ name }) => name === 'sign-in.failed').map(({ event }) => event);
    expect(failed).toMatchObject([
      { subjectId: user.id, reason: 'wrong password', ipAddress: '127.0.0.1' },
      { subjectId: null, reason: 'unknown user' },
      { subjectId: user.id, reason: 'disabled' },
    ]);
    expect(JSON.stringify(failed)).not.toContain('hunter2');
  });

  it('are told after the commit: a listener sees what the event speaks of, and the end of what it ended', async () => {
    const seen: Promise<unknown[]>[] = [];
    const look = (id: string) => host.sql('SELECT 1 FROM auth_session WHERE id = $1', [id]);
    const stops = [
      events.on('session.started', ({ sessionId }) => void seen.push(look(sessionId))),
      events.on('session.ended', ({ sessionId }) => void seen.push(look(sessionId))),
    ];
    const user = await signUp(host.url);
    await Promise.all(seen);
    await send(`${host.url}/api/auth/sign-out`, { method: 'POST', bearer: user.token });
    stops.forEach((stop) => stop());
    expect((await Promise.all(seen)).map((rows) => rows.length)).toEqual([1, 0]);
  });

  it('nothing is told of what was rolled back', async () => {
    const user = await signUp(host.url);
    await host.sql(
      `CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no'; END $$`,
    );
    await host.sql(
      'CREATE CONSTRAINT TRIGGER refuse AFTER DELETE ON auth_user DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse()',
    );
    const heard = await during(async () => {
      await expect(host.app.get(UsersService).forget(user.id)).rejects.toThrow();
    });
    await host.sql('DROP TRIGGER refuse ON auth_user');
    expect(heard).toEqual([]);
    for (const bearer of [user.token, user.accessToken])
      expect((await send(`${host.url}/api/auth/get-session`, { bearer })).body.user.id).toBe(user.id);
  });

  it('200 although every listener fails, by throwing and by rejecting, and the next listener is still told', async () => {
    const told: string[] = [];
    const stops = [
      events.on('session.started', () => {
        throw new Error('listener');
      }),
      events.on('session.started', async () => Promise.reject(new Error('listener'))),
      events.on('session.started', ({ sessionId }) => void told.push(sessionId)),
      events.onAny(() => {
        throw new Error('observer');
      }),
    ];
    const user = await signUp(host.url);
    stops.forEach((stop) => stop());
    expect(told).toEqual([user.sessionId]);
    await signIn(host.url, user.email);
    expect(told).toHaveLength(1);
  });
});
