import { createHostWithAdministrators, signedInWith } from '../support/administrators.js';
import type { TestApp } from '../support/app.js';
import { Authenticator } from '../support/authenticator.js';
import { send } from '../support/http.js';
import { keepLogs } from '../support/logs.js';
import { Mailbox } from '../support/mailbox.js';
import { routesWithInput, type RouteWithInput } from '../support/routes-with-input.js';
import type { SignedInUser } from '../support/users.js';

/** What no member of any input is: other kinds of values, and texts that databases, headers and addresses do not take. */
const VALUES: readonly unknown[] = [
  null,
  -1e308,
  ['a@example.com', 'b@example.com'],
  JSON.parse('{"__proto__":{"isAdmin":true},"$ne":"","toString":1}'),
  'a\0@example.com',
  '/\ud800',
  'a\r\nBcc: b@example.com',
  '\u202e💥 \u2066',
  '١٢٣٤٥٦',
  'x'.repeat(100_000),
];

/** Values by which a call comes as far as it can. */
function goodValues(user: SignedInUser): Readonly<Record<string, unknown>> {
  const response = new Authenticator().create({
    challenge: 'Y2hhbGxlbmdl',
    rp: { id: 'localhost' },
    user: { id: 'dXNlcg' },
  });
  return {
    ...{ email: 'somebody@example.com', newEmail: 'another@example.com', name: 'Ada', role: 'editor', response },
    ...{ password: user.password, currentPassword: user.password, newPassword: 'another horse, another staple' },
    ...{ callbackURL: '/a', redirectTo: '/a', continue: '/a', errorCallbackURL: '/a', newUserCallbackURL: '/a' },
    ...{ token: 'x'.repeat(43), code: '123456', otp: '123456', type: 'sign-in', kind: 'totp', method: 'totp' },
    ...{ userId: user.id, shownTo: user.id, user: user.id, data: { name: 'Ada' }, banReason: 'spam' },
    ...{ sessionToken: user.sessionId, passkey: user.sessionId, device: user.sessionId, id: user.sessionId },
    ...{ permissions: { user: ['list'] }, metadata: { a: 1 }, searchValue: 'a', filterValue: 'a' },
  };
}

const textOf = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));

describe('whatever a member of an input is, the answer is no 5xx', () => {
  const mailbox = new Mailbox();
  let host: TestApp;
  let user: SignedInUser;
  let logs: ReturnType<typeof keepLogs>;
  let routes: readonly RouteWithInput[];
  beforeAll(async () => {
    host = await createHostWithAdministrators({
      ...{ mail: mailbox.mail, twoFactor: {}, passkeys: {}, jwt: true, apiKeys: true },
      accounts: {
        administrators: { roles: ['admin'] },
        roles: ['editor'],
        magicLink: { enabled: true },
        emailCode: { enabled: true },
      },
    });
    logs = keepLogs(host);
    routes = routesWithInput(host.app);
    user = await signedInWith(host, 'admin');
  });
  afterAll(() => host?.close());

  const ask = async ({ method, route }: RouteWithInput, values: Readonly<Record<string, unknown>>) => {
    const headers = { cookie: user.cookie, origin: 'http://localhost:3000' };
    const url = `${host.url}/api/auth/${route.replaceAll(/:\w+/g, 'x')}`;
    if (method === 'POST') return (await send(url, { body: values, headers })).status;
    const texts = Object.entries(values).map(([name, value]): [string, string] => [
      name,
      textOf(value).slice(0, 6_000),
    ]);
    return (await send(`${url}?${new URLSearchParams(texts)}`, { headers })).status;
  };

  /** Every value in the place of every member, the others being good ones. */
  async function attack(route: RouteWithInput): Promise<unknown[]> {
    const good = goodValues(user);
    const rest = Object.fromEntries(route.members.flatMap((name) => (name in good ? [[name, good[name]]] : [])));
    const queue = route.members.flatMap((name) => VALUES.map((value) => ({ name, value })));
    const bad: unknown[] = [];
    const work = async () => {
      for (let next = queue.shift(); next; next = queue.shift()) {
        const status = await ask(route, { ...rest, [next.name]: next.value });
        if (status < 200 || status >= 500) bad.push({ route: route.route, status, ...next });
      }
    };
    await Promise.all(Array.from({ length: 8 }, work));
    return bad;
  }

  it.each(['account', 'admin', 'email-otp', 'magic-link', 'passkey', 'two-factor', 'sign-in', ''])(
    'at routes that begin with "%s"',
    async (prefix) => {
      const others = ['account', 'admin', 'email-otp', 'magic-link', 'passkey', 'two-factor', 'sign-in'];
      const mine = routes.filter(({ route }) =>
        prefix === '' ? !others.some((one) => route.startsWith(one)) : route.startsWith(prefix),
      );
      expect(mine.length).toBeGreaterThan(1);
      const bad: unknown[] = [];
      for (const route of mine) {
        // Some end the session, or the user.
        const isIn = (await send(`${host.url}/api/auth/get-session`, { bearer: user.token })).body !== null;
        if (!isIn) user = await signedInWith(host, 'admin');
        bad.push(...(await attack(route)));
      }
      expect(bad).toEqual([]);
      expect(logs.filter(({ level }) => level === 'error')).toEqual([]);
    },
    120_000,
  );
});
