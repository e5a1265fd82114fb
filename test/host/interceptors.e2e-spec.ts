import {
  CallHandler,
  ClassSerializerInterceptor,
  ExecutionContext,
  Injectable,
  NestInterceptor,
  RequestTimeoutException,
  Scope,
} from '@nestjs/common';
import { APP_INTERCEPTOR, Reflector } from '@nestjs/core';
import { map, of, throwError, timer, mergeMap } from 'rxjs';
import type { Adapter, TestAppOptions } from '../support/app.js';
import { providerOptions } from '../support/oauth.js';
import { send } from '../support/http.js';
import { TEST_PASSWORD } from '../support/users.js';
import { WrapInterceptor } from '../support/shop.js';
import { hosts } from '../support/shop-hosts.js';

/** Answers from a cache that knows nothing of who asks. */
@Injectable()
class CacheInterceptor implements NestInterceptor {
  intercept() {
    return of({ cached: true });
  }
}

/** Gives up at once. */
@Injectable()
class ImpatientInterceptor implements NestInterceptor {
  intercept() {
    return timer(0).pipe(mergeMap(() => throwError(() => new RequestTimeoutException())));
  }
}

/** Names of members as the host likes them. */
@Injectable()
class RenamingInterceptor implements NestInterceptor {
  readonly #suffix = '_';
  intercept(_context: ExecutionContext, next: CallHandler) {
    return next
      .handle()
      .pipe(
        map((data: object) =>
          Object.fromEntries(Object.entries(data ?? {}).map(([name, value]) => [name + this.#suffix, value])),
        ),
      );
  }
}

@Injectable({ scope: Scope.REQUEST })
class RequestWrapInterceptor extends WrapInterceptor {}

const provided = (how: object): Partial<TestAppOptions> => ({ providers: [{ provide: APP_INTERCEPTOR, ...how }] });

/** As class-transformer would with a class whose members are all excluded. */
const TRANSFORMER = { classToPlain: () => ({}), plainToClass: () => ({}) } as never;

/** How hosts give interceptors to the whole application, and what a route of theirs then answers. */
const HOSTS: Readonly<Record<string, Partial<TestAppOptions>>> = {
  useGlobalInterceptors: {
    configure: (app) => app.useGlobalInterceptors(new WrapInterceptor(), new RenamingInterceptor()),
  },
  'APP_INTERCEPTOR, a class': provided({ useClass: WrapInterceptor }),
  'APP_INTERCEPTOR, a value': provided({ useValue: new RenamingInterceptor() }),
  'APP_INTERCEPTOR, made for each request': provided({ useClass: RequestWrapInterceptor, scope: Scope.REQUEST }),
  'a serialiser of classes': {
    configure: (app) =>
      app.useGlobalInterceptors(
        new ClassSerializerInterceptor(app.get(Reflector), { transformerPackage: TRANSFORMER }),
      ),
  },
  'a cache': provided({ useClass: CacheInterceptor }),
  'a time-out': provided({ useClass: ImpatientInterceptor }),
};
describe.each<Adapter>(['express', 'fastify'])(
  'F17: our answers pass interceptors of the host by, on %s',
  (adapter) => {
    const { start } = hosts(adapter);

    it.each(Object.keys(HOSTS))('%s', async (name) => {
      const { configure = () => undefined, ...options } = HOSTS[name]!;
      const { url } = await start((app) => void configure(app), { auth: providerOptions(), ...options });
      const email = `${name.replaceAll(/\W/g, '')}-${adapter}@example.com`;
      const signedUp = await send(`${url}/api/auth/sign-up/email`, {
        body: { email, password: TEST_PASSWORD, name: 'W' },
      });
      expect([signedUp.status, signedUp.body.user?.email]).toEqual([200, email.toLowerCase()]);
      expect(signedUp.headers.getSetCookie()[0]).toMatch(/^better-auth\.session_token=/);
      const keys = await send(`${url}/api/auth/oauth2/jwks`);
      expect([keys.status, Object.keys(keys.body)]).toEqual([200, ['keys']]);
      const page = await send(`${url}/api/auth/sign-in`);
      expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
      const refused = await send(`${url}/api/auth/oauth2/token`, { body: new URLSearchParams({ grant_type: 'x' }) });
      expect([refused.status, refused.body.error]).toEqual([401, 'invalid_client']);
      const guest = await send(`${url}/api/auth/get-session`);
      expect([guest.status, guest.text]).toEqual([200, 'null']);
      const theirs = await send(`${url}/shop/strict`, { body: { name: 'x' } });
      expect([theirs.status, theirs.body]).not.toEqual([201, { name: 'x' }]);
    });
  },
);
