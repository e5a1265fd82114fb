import { APP_GUARD } from '@nestjs/core';
import { ApiKeysService, AuthGuard } from '../../src/index.js';
import { createTestApp, type TestApp } from './app.js';
import { CREDENTIAL_MATRIX, matrixWorld, type MatrixWorld } from './credential-matrix.js';
import { FORGED, NOBODY } from './forged-identity.js';
import { fieldOf, MATRIX_FIELDS, MatrixResolver, operate, outcomeOf, type GraphqlAnswer } from './graphql.js';
import type { GraphqlDriver } from './graphql-drivers.js';
import { OfClassResolver, REPORTS_TYPES, ReportsResolver } from './graphql-reports.js';
import { send } from './http.js';
import { keepLogs } from './logs.js';
import { signUp, type SignedInUser } from './users.js';

const TYPES = `
  ${REPORTS_TYPES}
  extend type Query { ${MATRIX_FIELDS.query} }
  type Mutation { ${MATRIX_FIELDS.mutation} }
  type Subscription { ${MATRIX_FIELDS.subscription} }
`;

const bearer = ({ accessToken }: SignedInUser) => ({ authorization: `Bearer ${accessToken}` });

/** Everything that holds of queries and mutations, on one driver. */
export function describeGraphql({ adapter, module }: GraphqlDriver): void {
  describe('guarded by decorators', () => {
    let host: TestApp;
    let world: MatrixWorld;
    beforeAll(async () => {
      host = await createTestApp({
        adapter,
        auth: { apiKeys: true, accounts: { session: { scopes: ['reports:read'] } } },
        imports: [
          module({
            typeDefs: TYPES,
            fieldResolverEnhancers: ['guards'],
            // As hosts write it: the driver adds the request.
            context: () => ({ loaders: new Map() }),
          }),
        ],
        providers: [MatrixResolver, ReportsResolver, OfClassResolver],
      });
      world = await matrixWorld(host, await signUp(host.url));
    });
    afterAll(() => host?.close());

    const ask = async (query: string, headers?: Record<string, string>): Promise<GraphqlAnswer> => {
      const answer = await operate(host.url, query, headers);
      // GraphQL over HTTP: the operation was executed, whatever became of its fields.
      expect(answer.status).toBe(200);
      expect(JSON.stringify(answer.body)).not.toMatch(/\bat .+:\d+:\d+|SELECT|node_modules/);
      for (const { extensions } of answer.body.errors ?? []) delete extensions.stacktrace;
      return answer.body;
    };
    const limited = async (rateLimitMax: number) => {
      const keys = host.app.get(ApiKeysService, { strict: false });
      const owner = { kind: 'user', id: world.user.id } as const;
      const made = await keys.create({
        owner,
        name: 'limited',
        scopes: ['reports:read'],
        rateLimitMax,
        rateLimitTimeWindow: 600_000,
      });
      return { id: made.id, headers: { 'x-api-key': made.key } };
    };

    describe.each(['query', 'mutation'] as const)('the credential matrix, as a %s', (kind) => {
      it.each(CREDENTIAL_MATRIX)('$name', async ({ handler, headers, expected }) => {
        const field = fieldOf(handler, kind);
        const answer = await ask(`${kind} { ${field} }`, headers(world));
        expect(outcomeOf(answer, field, world.user.id)).toBe(expected);
      });
    });

    it('F01: what is sent in the operation itself is no identity', async () => {
      const body = {
        query: '{ who }',
        variables: { auth: FORGED, req: FORGED },
        extensions: { auth: FORGED, user: FORGED },
      };
      const answer = await send(`${host.url}/graphql`, { body });
      expect(JSON.parse(answer.body.data.who)).toEqual({ ...NOBODY, ofContext: null });
    });

    it('user, client, key and AuthContext are those of the caller', async () => {
      const { id, email } = world.user;
      const ofUser = await ask('{ who }', bearer(world.user));
      expect(JSON.parse(ofUser.data!['who'] as string)).toEqual({
        ...NOBODY,
        principal: id,
        user: email,
        context: id,
        ofContext: email,
      });
      const ofKey = await ask('{ who }', { 'x-api-key': world.key });
      expect(JSON.parse(ofKey.data!['who'] as string)).toMatchObject({ principal: id, key: 'live', context: id });
    });

    it('a class is guarded by its decorator, and its public method is not', async () => {
      expect((await ask('{ ofClass openOfClass }', bearer(world.user))).data).toEqual({
        ofClass: world.user.id,
        openOfClass: 'nobody',
      });
      const refused = await ask('{ ofClass openOfClass }');
      expect([refused.data, refused.errors!.length]).toEqual([{ ofClass: null, openOfClass: 'nobody' }, 1]);
    });

    it('401: the code of GraphQL, our own, and what the handler takes; each field its own', async () => {
      const { errors } = await ask('{ bearer key either cookie }');
      const told = errors!.map(({ path, extensions: { challenge, ...rest } }) => {
        expect(rest).toEqual({ code: 'UNAUTHENTICATED', authCode: 'UNAUTHORIZED', statusCode: 401 });
        const schemes = (challenge as string[]).map((one) => one.split(' realm="localhost:3000"')[0]);
        return [path![0], ...schemes].join(' ');
      });
      expect(told.toSorted()).toEqual(['bearer Bearer', 'cookie Cookie', 'either Bearer ApiKey', 'key ApiKey']);
    });

    it('401: a bad credential is named as such', async () => {
      const { errors } = await ask('{ bearer session }', { authorization: 'Bearer garbage' });
      for (const { message, extensions } of errors!) {
        expect(message).toBe('The access token is unknown, expired or revoked');
        expect(extensions).toMatchObject({ code: 'UNAUTHENTICATED', error: 'invalid_token' });
        expect(extensions['challenge']).toEqual([
          expect.stringMatching(/^Bearer realm="localhost:3000", error="invalid_token"/),
        ]);
      }
    });

    it('401: a key is not a person, in the challenge of that handler', async () => {
      const { errors } = await ask('{ session }', { 'x-api-key': world.key });
      expect(errors![0]!.extensions).toMatchObject({
        code: 'UNAUTHENTICATED',
        challenge: [expect.stringMatching(/^Bearer /)],
      });
    });

    it('403: the scopes that are required', async () => {
      const { errors } = await ask('{ lacking }', bearer(world.user));
      expect(errors![0]!.extensions).toMatchObject({
        code: 'FORBIDDEN',
        authCode: 'INSUFFICIENT_SCOPE',
        requiredScopes: ['reports:read', 'reports:write'],
        challenge: [expect.stringContaining('scope="reports:read reports:write"'), expect.any(String)],
      });
    });

    it('500: neither stack nor statement; an error of the host is its own', async () => {
      const { errors } = await ask('{ broken }');
      expect(errors![0]).toMatchObject({
        message: 'Something went wrong on our side',
        extensions: { code: 'INTERNAL_SERVER_ERROR', statusCode: 500 },
      });
    });

    it('a subclass of the guard may refuse by the arguments', async () => {
      expect((await ask('{ tenant(id: "mine") }', bearer(world.user))).data).toEqual({ tenant: 'mine' });
      const { errors } = await ask('{ tenant(id: "other") }', bearer(world.user));
      expect(errors![0]!.extensions).toMatchObject({ code: 'FORBIDDEN', authCode: 'FORBIDDEN' });
    });

    it('guarded fields are refused one by one, and open ones beside them answer', async () => {
      const { data, errors } = await ask('{ reports { id title owner secret } }', { 'x-api-key': world.key });
      const { id: owner } = world.user;
      expect(data!['reports']).toEqual(['1', '2', '3'].map((id) => ({ id, title: 'open', owner, secret: null })));
      expect(errors!.map(({ extensions }) => extensions['code'])).toEqual(['FORBIDDEN', 'FORBIDDEN', 'FORBIDDEN']);
      const ofUser = await ask('{ reports { owner } }', bearer(world.user));
      expect(ofUser.errors!.map(({ extensions }) => extensions['challenge'])).toEqual(
        Array.from({ length: 3 }, () => [expect.stringMatching(/^ApiKey /)]),
      );
    });

    it('429: one request counts once, whatever its fields require, and one too many says when to come back', async () => {
      const { headers } = await limited(2);
      const query = '{ key either scopes again: key who reports { owner } }';
      for (let count = 0; count < 2; count++) expect((await ask(query, headers)).errors).toBeUndefined();
      const { errors } = await ask('{ key }', headers);
      const { retryAfter, ...rest } = errors![0]!.extensions;
      expect(rest).toMatchObject({ code: 'TOO_MANY_REQUESTS', authCode: expect.any(String), statusCode: 429 });
      // Seconds: the window has ten minutes.
      expect([(retryAfter as number) > 500, (retryAfter as number) <= 600]).toEqual([true, true]);
    });

    it('429: a batch is one request', async () => {
      const { headers } = await limited(1);
      const body = [{ query: '{ key }' }, { query: '{ either who }' }];
      const answer = await send(`${host.url}/graphql`, { body, headers });
      expect(
        answer.body.map((one: GraphqlAnswer) => outcomeOf(one, Object.keys(one.data ?? {})[0]!, world.user.id)),
      ).toEqual(['user', 'user']);
      expect((await ask('{ key }', headers)).errors![0]!.extensions['code']).toBe('TOO_MANY_REQUESTS');
    });

    it('401: a key that was disabled, and a session that was signed out', async () => {
      const other = await signUp(host.url);
      const { id, headers } = await limited(100);
      expect((await ask('{ key }', headers)).errors).toBeUndefined();
      expect((await ask('{ bearer }', bearer(other))).errors).toBeUndefined();
      await host.app.get(ApiKeysService, { strict: false }).update(id, { enabled: false });
      await send(`${host.url}/api/auth/sign-out`, { method: 'POST', bearer: other.token });
      const codes = [await ask('{ key }', headers), await ask('{ bearer }', bearer(other))];
      expect(codes.map(({ errors }) => errors![0]!.extensions['code'])).toEqual(['UNAUTHENTICATED', 'UNAUTHENTICATED']);
    });
  });

  describe('under APP_GUARD, with an object as context', () => {
    let host: TestApp;
    let logs: ReturnType<typeof keepLogs>;
    let users: SignedInUser[];
    beforeAll(async () => {
      host = await createTestApp({
        adapter,
        auth: { apiKeys: true },
        imports: [module({ typeDefs: REPORTS_TYPES, context: { shared: true } })],
        providers: [ReportsResolver, OfClassResolver, { provide: APP_GUARD, useExisting: AuthGuard }],
        configure: (app) => (logs = keepLogs({ app })),
      });
      users = [await signUp(host.url), await signUp(host.url)];
    });
    afterAll(() => host?.close());

    it('what declares nothing takes tokens and keys, and refuses strangers', async () => {
      expect((await operate(host.url, '{ plain }', bearer(users[0]!))).body.data).toEqual({ plain: users[0]!.id });
      const refused = await operate(host.url, '{ plain openOfClass }');
      expect(refused.body.data).toEqual({ plain: null, openOfClass: 'nobody' });
      expect(refused.body.errors[0].extensions).toMatchObject({
        code: 'UNAUTHENTICATED',
        challenge: [expect.stringMatching(/^Bearer /), expect.stringMatching(/^ApiKey /)],
      });
    });

    it('a WARN at the start names the guarded fields whose guards do not run', () => {
      const told = logs.filter(({ level, text }) => level === 'warn' && text.includes('fieldResolverEnhancers'));
      expect(told.map(({ text }) => text)).toEqual([
        expect.stringContaining('do not run: ReportsResolver.owner, ReportsResolver.secret. Add'),
      ]);
    });

    it('F01: simultaneous callers are never taken for one another', async () => {
      const asked = await Promise.all(
        Array.from({ length: 20 }, async (_, index) => {
          const user = users[index % 2]!;
          const { data } = (await operate(host.url, '{ plain }', bearer(user))).body;
          // Refused, or let in as themselves in the guard and in the handler.
          return data.plain === null ? 'refused' : data.plain === user.id;
        }),
      );
      expect(asked).not.toContain(false);
      expect(asked).toContain(true);
    });
  });
}
