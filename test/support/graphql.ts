import { applyDecorators } from '@nestjs/common';
import { Mutation, Query, Resolver, Subscription } from '@nestjs/graphql';
import {
  AnyScope,
  ApiKeyAuth,
  Auth,
  BearerAuth,
  CurrentPrincipal,
  OptionalAuth,
  Public,
  Scopes,
  SessionAuth,
  type AuthPrincipal,
} from '../../src/index.js';
import { MATRIX_HANDLERS, type MatrixCase, type MatrixHandler } from './credential-matrix.js';
import { send, type Answer } from './http.js';

const HANDLERS = Object.keys(MATRIX_HANDLERS) as MatrixHandler[];

/** As `MATRIX_HANDLERS` says them. */
const GUARDS: Readonly<Record<MatrixHandler, MethodDecorator>> = {
  public: Public(),
  optional: applyDecorators(OptionalAuth(), BearerAuth()),
  bearer: BearerAuth(),
  key: ApiKeyAuth(),
  either: applyDecorators(ApiKeyAuth(), BearerAuth()),
  session: SessionAuth(),
  default: Auth(),
  cookie: Auth('session'),
  scopes: applyDecorators(BearerAuth(), ApiKeyAuth(), Scopes('reports:read')),
  lacking: applyDecorators(BearerAuth(), ApiKeyAuth(), Scopes('reports:read', 'reports:write')),
  anyScope: applyDecorators(BearerAuth(), AnyScope('reports:write', 'reports:read')),
  anyLacking: applyDecorators(BearerAuth(), AnyScope('a:x', 'b:x')),
  audience: BearerAuth({ audience: 'https://elsewhere.example' }),
  unknown: Auth('nobodyRegisteredThis'),
};

/** The fields of `Query`, `Mutation` (`doBearer` …) and `Subscription` (`bearerTicks` …). */
export const MATRIX_FIELDS = {
  query: HANDLERS.map((name) => `${name}: String`).join(' '),
  mutation: HANDLERS.map((name) => `${mutationOf(name)}: String`).join(' '),
  subscription: HANDLERS.map((name) => `${name}Ticks: String`).join(' '),
};

function mutationOf(name: MatrixHandler): string {
  return `do${name[0]!.toUpperCase()}${name.slice(1)}`;
}

const whom = (principal: AuthPrincipal | null) => principal?.subjectId ?? 'nobody';

/** One resolver with every handler of the matrix, as a query, a mutation and a subscription. */
@Resolver()
export class MatrixResolver {}

for (const handler of HANDLERS) {
  declare(handler, Query(), GUARDS[handler], whom);
  declare(mutationOf(handler), Mutation(), GUARDS[handler], whom);
  const ticks = `${handler}Ticks`;
  declare(ticks, Subscription(), GUARDS[handler], async function* (principal) {
    yield { [ticks]: whom(principal) };
  });
}

function declare(
  name: string,
  kind: MethodDecorator,
  guard: MethodDecorator,
  value: (principal: AuthPrincipal | null) => unknown,
): void {
  const { prototype } = MatrixResolver;
  // Each a function of its own: metadata hangs on it.
  const method = { [name]: (principal: AuthPrincipal | null) => value(principal) }[name]!;
  Object.defineProperty(prototype, name, { value: method, configurable: true, writable: true });
  Reflect.defineMetadata('design:paramtypes', [Object], prototype, name);
  CurrentPrincipal()(prototype, name, 0);
  const descriptor = Object.getOwnPropertyDescriptor(prototype, name)!;
  for (const decorate of [kind, guard]) decorate(prototype, name, descriptor);
}

/** Sends one operation over HTTP. */
export function operate(url: string, query: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
  return send(`${url}/graphql`, { body: { query }, headers });
}

export function fieldOf(handler: MatrixHandler, kind: 'query' | 'mutation'): string {
  return kind === 'query' ? handler : mutationOf(handler);
}

export interface GraphqlAnswer {
  readonly data?: Readonly<Record<string, unknown>> | null;
  readonly errors?: readonly {
    readonly message: string;
    readonly path?: readonly string[];
    readonly extensions: Readonly<Record<string, unknown>>;
  }[];
}

export const CODES = { 400: 'BAD_REQUEST', 401: 'UNAUTHENTICATED', 403: 'FORBIDDEN' } as const;

/** What one field answered, in the words of the matrix. */
export function outcomeOf(
  { data, errors }: GraphqlAnswer,
  field: string,
  userId: string,
): MatrixCase['expected'] | string {
  if (!errors) return data?.[field] === userId ? 'user' : String(data?.[field]);
  const { code, statusCode } = errors[0]!.extensions;
  const status = statusCode as keyof typeof CODES;
  return CODES[status] === code ? status : `${String(code)} ${String(statusCode)}`;
}
