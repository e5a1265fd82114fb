import { Delete, Get, Patch, Put, Req } from '@nestjs/common';
import { AuthError } from '../common/errors/auth-error.js';
import { AuthController } from '../common/http/auth-controller.decorator.js';
import { DescribeRoute } from '../common/http/describe-route.js';
import { scopeOf, type GuardedRequest } from '../common/http/request-scope.js';
import { CrossSite } from '../common/http/request.guard.js';

/** The methods that the endpoints have; a client that uses another is told which (RFC 9110 15.5.6, T007). */
const METHODS: Readonly<Record<string, string>> = {
  authorize: 'GET, HEAD, POST',
  token: 'POST',
  introspect: 'POST',
  revoke: 'POST',
  register: 'POST',
  userinfo: 'GET, HEAD, POST',
  'end-session': 'GET, HEAD, POST',
};
const pathsOf = (names: readonly string[]) =>
  ['oauth2', 'oauth'].flatMap((folder) => names.map((name) => `${folder}/${name}`));
const ALL = pathsOf(Object.keys(METHODS));
const POST_ONLY = pathsOf(Object.keys(METHODS).filter((name) => METHODS[name] === 'POST'));
const HIDDEN = { tag: 'OAuth', summary: '405', shape: 'oauth', hidden: true } as const;

/** Nothing but refusals: it looks at no credential and trusts no cookie. */
@AuthController()
export class RefusedMethodsController {
  @Get(POST_ONLY)
  @DescribeRoute(HIDDEN)
  get(@Req() request: GuardedRequest): never {
    throw refusal(request);
  }

  @Put(ALL)
  @CrossSite()
  @DescribeRoute(HIDDEN)
  put(@Req() request: GuardedRequest): never {
    throw refusal(request);
  }

  @Patch(ALL)
  @CrossSite()
  @DescribeRoute(HIDDEN)
  patch(@Req() request: GuardedRequest): never {
    throw refusal(request);
  }

  @Delete(ALL)
  @CrossSite()
  @DescribeRoute(HIDDEN)
  delete(@Req() request: GuardedRequest): never {
    throw refusal(request);
  }
}

function refusal(request: GuardedRequest): AuthError {
  const name = scopeOf(request).route.split('/').at(-1)!;
  return AuthError.methodNotAllowed(METHODS[name]!);
}
