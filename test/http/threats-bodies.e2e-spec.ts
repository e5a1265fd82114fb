import { BARE_POST_ROUTES, createTarget, GET_ROUTES, POST_ROUTES, AUTH, type Target } from '../support/attack.js';

/** `template` with X replaced by raw bytes. */
function bytes(template: string, ...inserted: number[]): Buffer {
  const [before = '', after = ''] = template.split('X');
  return Buffer.concat([Buffer.from(before), Buffer.from(inserted), Buffer.from(after)]);
}

describe.each(['express', 'fastify'] as const)('Bodies and parameters on %s', (adapter) => {
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

  describe('T001 repeated parameters', () => {
    it.each(['sign-in/email', 'sign-up/email'])('400 for a form field sent twice at %s', async (route) => {
      const body = 'email=a%40b.co&email=c%40d.co&password=a+long+password&name=N';
      target.expectRefused(await target.expectNothingWritten(() => post(route, body, form)), [400]);
    });

    it('a field in the query is none of the body’s', async () => {
      const { email, password } = target.user;
      const path = `${AUTH}/sign-in/email?email=${encodeURIComponent(email)}&password=${encodeURIComponent(password)}`;
      target.expectRefused(await target.attack('POST', path, { body: '{}' }), [400]);
    });

    it('a name repeated in the query changes nothing', async () => {
      const answer = await target.attack('GET', `${AUTH}/get-session?a=1&a=2`, { signedIn: true });
      expect(JSON.parse(answer.body).user.id).toBe(target.user.id);
    });
  });

  it('T002 empty is absent where a field is optional, and an unknown field is never echoed', async () => {
    const { email, password } = target.user;
    const body = JSON.stringify({ email, password, callbackURL: '', unknownField: 'echo-me' });
    const answer = await post('sign-in/email', body);
    expect([answer.status, JSON.parse(answer.body).redirect]).toEqual([200, false]);
    expect(answer.body).not.toContain('echo-me');
    target.expectRefused(await post('sign-in/email', '{"email":"","password":""}'), [400]);
  });

  describe('T003 NUL', () => {
    it('400 in every string of every body', async () => {
      await onEveryField((field, body) => JSON.stringify({ ...body, [field]: `a\u0000${String(body[field])}` }));
    });

    it.each(['email=a%00%40b.co&password=a+long+password', 'email=a%40b.co&password=a%00long+password'])(
      '400 in a form: %s',
      async (body) => target.expectRefused(await post('sign-in/email', body, form), [400]),
    );

    it('400 in a name of a field, and in the query', async () => {
      target.expectRefused(await post('sign-in/email', '{"a\\u0000":1}'), [400]);
      for (const route of GET_ROUTES)
        target.expectRefused(await target.attack('GET', `${AUTH}/${route}?x=%00`, { signedIn: true }), [400]);
    });

    it('in a cookie or a token it is not found, never an error', async () => {
      const cookie = await target.attack('GET', `${AUTH}/get-session`, {
        headers: ['Cookie: better-auth.session_token=nas_%00.%00'],
      });
      expect([cookie.status, cookie.body]).toEqual([200, 'null']);
      const bearer = await target.attack('GET', `${AUTH}/list-sessions`, {
        headers: ['Authorization: Bearer nas_%00.%00'],
      });
      target.expectRefused(bearer, [401]);
    });
  });

  describe('T004 text that is no text', () => {
    it.each([
      ['a lone byte', [0xff]],
      ['an overlong NUL', [0xc0, 0x80]],
      ['an overlong slash', [0xe0, 0x80, 0xaf]],
      ['a surrogate written as UTF-8', [0xed, 0xa0, 0x80]],
      ['a cut sequence', [0xe2, 0x82]],
      ['a code point beyond Unicode', [0xf5, 0x80, 0x80, 0x80]],
    ])('400 for %s, in JSON and percent-encoded in form and query', async (_name, sequence) => {
      const encoded = sequence.map((byte) => `%${byte.toString(16)}`).join('');
      await target.expectNothingWritten(async () => {
        const json = bytes('{"email":"aX@example.com","password":"a long password","name":"N"}', ...sequence);
        target.expectRefused(await post('sign-up/email', json), [400]);
        const inForm = `email=a${encoded}%40example.com&password=a+long+password&name=N`;
        target.expectRefused(await post('sign-up/email', inForm, form), [400]);
        target.expectRefused(
          await post('sign-up/email', bytes('email=aX%40b.co&password=long+enough&name=N', ...sequence), form),
          [400],
        );
        target.expectRefused(await target.attack('GET', `${AUTH}/get-session?q=${encoded}`), [400]);
      });
    });

    it.each(['\\ud800', '\\udfff\\ud800', '\\ufffd'])('400 for %s in every string of every body', async (escape) => {
      await onEveryField((field, body) =>
        JSON.stringify({ ...body, [field]: `${String(body[field])}@@` }).replace('@@', escape),
      );
    });
  });

  describe('T006 media types', () => {
    it.each([
      'text/plain',
      'text/json',
      'application/xml',
      'multipart/form-data; boundary=x',
      'application/vnd.api+json',
      'application/jsonp',
      'application/json, text/plain',
      'application/json; charset=utf-16',
      'application/json; charset="latin1"',
      'nonsense',
    ])('415 for %s at every route', async (type) => {
      await target.expectNothingWritten(async () => {
        for (const { route, body } of POST_ROUTES)
          target.expectRefused(await post(route, JSON.stringify(body), type), [415]);
      });
    });

    it('415 for a form at routes that take JSON only', async () => {
      await target.expectNothingWritten(async () => {
        for (const { route, body } of POST_ROUTES.filter(({ route: name }) => !name.startsWith('sign-')))
          target.expectRefused(await post(route, new URLSearchParams(body).toString(), form), [415]);
        for (const route of BARE_POST_ROUTES) target.expectRefused(await post(route, 'a=b', form), [415]);
      });
    });

    it.each(['gzip', 'br', 'deflate', 'x-nonsense'])('415 for a body encoded with %s', async (encoding) => {
      const answer = await target.attack('POST', `${AUTH}/sign-in/email`, {
        body: '{}',
        headers: [`Content-Encoding: ${encoding}`],
      });
      target.expectRefused(answer, [415]);
    });

    it.each([
      '{',
      'null',
      '5',
      '"text"',
      '[]',
      '[{}]',
      '{"a":1}{"b":2}',
      "{'a':1}",
      '{"a":NaN}',
      '{"a":1,}',
      '{"email":"a\u0001"}',
      '\u0000',
    ])('400 for %j where an object is asked for', async (body) => {
      for (const { route } of POST_ROUTES) target.expectRefused(await post(route, body), [400]);
    });

    it('T006 a form, which any page can send, is refused from a foreign origin', async () => {
      const { email, password } = target.user;
      const body = new URLSearchParams({ email, password }).toString();
      const headers = ['Origin: https://evil.example'];
      await target.expectNothingWritten(async () => {
        const answer = await target.attack('POST', `${AUTH}/sign-in/email`, { body, type: form, headers });
        target.expectRefused(answer, [403]);
      });
    });
  });
});
