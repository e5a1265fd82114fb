import { createTarget, POST_ROUTES, AUTH, type Target } from '../support/attack.js';

const SERVER_ONLY = ['id', 'userId', 'role', 'emailVerified', 'createdAt', 'updatedAt'];

describe.each(['express', 'fastify'] as const)('Values in bodies on %s', (adapter) => {
  let target: Target;
  beforeAll(async () => {
    target = await createTarget(adapter);
  });
  afterAll(() => target.close());

  const form = 'application/x-www-form-urlencoded';
  const post = (route: string, body: string | Uint8Array, type?: string) =>
    target.attack('POST', `${AUTH}/${route}`, { body, signedIn: true, ...(type !== undefined && { type }) });

  /** Runs one attack against every string field of every route that takes a body. */
  async function onEveryField(
    attackOn: (field: string, body: Record<string, unknown>) => string | Uint8Array,
  ): Promise<void> {
    await target.expectNothingWritten(async () => {
      for (const { route, body } of POST_ROUTES) {
        for (const field of Object.keys(body))
          target.expectRefused(await post(route, attackOn(field, { ...body })), [400]);
      }
    });
  }

  describe('T008 prototype keys', () => {
    it.each([
      '{"__proto__":{"polluted":1}}',
      '{"constructor":{"prototype":{"polluted":1}}}',
      '{"prototype":1}',
      '{"name":{"__proto__":{"polluted":1}}}',
      '{"a":[{"__proto__":1}]}',
      '{"a[__proto__][polluted]":1}',
      '{"a.constructor.b":1}',
    ])('400 for %s', async (body) => {
      await target.expectNothingWritten(async () => {
        for (const { route } of POST_ROUTES) target.expectRefused(await post(route, body), [400]);
      });
      expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    });

    it.each(['a[__proto__][x]=1', '__proto__=1', 'constructor[prototype][x]=1', '__proto__.x=1'])(
      '400 for %s in form and query',
      async (text) => {
        target.expectRefused(await post('sign-in/email', text, form), [400]);
        target.expectRefused(await target.attack('GET', `${AUTH}/get-session?${text}`), [400]);
      },
    );
  });

  describe('T009 mass assignment', () => {
    it.each(SERVER_ONLY)('400 SERVER_ONLY_PROPERTY for %s, and nothing changes', async (key) => {
      await target.expectNothingWritten(async () => {
        for (const route of ['sign-up/email', 'sign-in/email', 'update-user', 'change-password', 'delete-user']) {
          const { body } = POST_ROUTES.find((one) => one.route === route)!;
          const answer = await post(route, JSON.stringify({ ...body, [key]: 'x' }));
          target.expectRefused(answer, [400]);
          expect(JSON.parse(answer.body)).toMatchObject({
            code: 'SERVER_ONLY_PROPERTY',
            message: expect.stringContaining(key),
          });
        }
      });
    });

    it('401 comes first where an identity is needed, and no field of a body grants one', async () => {
      await target.expectNothingWritten(async () => {
        for (const { route, body } of POST_ROUTES.filter(({ open }) => !open)) {
          const claim = JSON.stringify({
            ...body,
            userId: target.user.id,
            user: { id: target.user.id },
            role: 'admin',
          });
          target.expectRefused(await target.attack('POST', `${AUTH}/${route}`, { body: claim }), [401]);
        }
      });
    });
  });

  describe('T010 numbers and dates where texts and switches are asked for', () => {
    it.each(['1e309', '-1', '1.5', '2147483648', '9e15', '-0', 'true', '{}', '[]', 'null'])(
      '400 for %s',
      async (literal) => {
        // null is how a picture is taken away
        await target.expectNothingWritten(async () => {
          for (const { route, body } of POST_ROUTES) {
            for (const field of Object.keys(body).filter((name) => !(literal === 'null' && name === 'image'))) {
              const text = JSON.stringify({ ...body, [field]: '@@' }).replace('"@@"', literal);
              target.expectRefused(await post(route, text), [400]);
            }
          }
        });
      },
    );

    it.each(['1', '0', '1e309', '"true"', '"0x10"', 'null', '{}'])('400 for rememberMe: %s', async (literal) => {
      const { email, password } = target.user;
      const body = `{"email":${JSON.stringify(email)},"password":${JSON.stringify(password)},"rememberMe":${literal}}`;
      target.expectRefused(await target.expectNothingWritten(() => post('sign-in/email', body)), [400]);
    });
  });

  describe('T011 cost', () => {
    it.each([
      ['30,000 nested lists', `{"a":${'['.repeat(30_000)}${']'.repeat(30_000)}}`],
      ['21 nested objects', `${'{"a":'.repeat(21)}1${'}'.repeat(21)}`],
      ['30,000 opening braces', '{"a":'.repeat(12_000)],
    ])('400 for %s', async (_name, body) => {
      for (const { route } of POST_ROUTES) target.expectRefused(await post(route, body), [400]);
    });

    it('400 for a text of 60,000 characters in every field', async () => {
      await onEveryField((field, body) => JSON.stringify({ ...body, [field]: 'a@b.'.repeat(15_000) }));
    });
  });
});
