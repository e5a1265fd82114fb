import { Inject, Injectable, Optional, type ExecutionContext } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { requestOf } from '../common/calls/request-of.js';
import { AuthError } from '../common/errors/auth-error.js';
import { principalOf } from '../common/guards/admission.js';
import { AuthGuard } from '../common/guards/auth.guard.js';
import { GuardServices } from '../common/guards/guard-services.js';
import type { BearerRequirement } from '../common/guards/bearer.authenticator.js';
import { policyOf } from '../common/http/routes/auth-policy.js';
import { contextOf, type GuardedRequest } from '../common/http/request/request-context.js';
import type { AuthPrincipal } from '../common/principal/auth-principal.js';
import { calledTools } from './called-tools.js';
import { noteCaller } from './caller.js';
import { nestTools } from './nest-tools.js';
import { authInfoOf, mcpNestUserOf, type EndpointFacts } from './sdk-auth.js';
import { allNeeds, meets, needsNothing, scopesToAskFor, type ToolNeeds, type ToolTable } from './tool-needs.js';

export const ENDPOINT_KEY = 'nest-authority:mcp-endpoint';

const NOTHING: ToolNeeds = { scopes: [], anyScope: [] };
const NO_SCOPES: ReadonlySet<string> = new Set();
const NO_TABLE: ToolTable = new Map();

/** What comes without a body that an MCP server reads. */
const WITHOUT_BODY = new Set(['GET', 'HEAD', 'DELETE', 'OPTIONS']);

/**
 * The guard of a route that an MCP server answers. It decides about tools before the SDK has the request, since afterwards the status is 200;
 * and it tells the SDK who calls.
 */
@Injectable()
export class McpGuard extends AuthGuard {
  readonly #tables = new WeakMap<ToolTable, ToolTable>();

  constructor(
    @Inject(ModulesContainer) private readonly modules: ModulesContainer,
    @Optional() @Inject(GuardServices) private readonly services?: GuardServices,
  ) {
    super();
  }

  override canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const entry = super.canActivate(context);
    return entry instanceof Promise ? entry.then(() => this.#handOver(context)) : this.#handOver(context);
  }

  /** Before anything is counted or spent. @throws AuthError 400, 403 */
  protected override allows(principal: AuthPrincipal, context: ExecutionContext): boolean {
    const needs = this.#needsOf(context);
    const held = this.#scopesOf(principal);
    if (meets(held, needs)) return true;
    const policy = policyOf(context.getHandler(), context.getClass());
    throw AuthError.insufficientScope(scopesToAskFor(held, allNeeds([policy, needs])));
  }

  /** MCP: a challenge names all scopes of the operation at once, also where those of the route are lacking. */
  protected override refusal(error: AuthError, context: ExecutionContext): Error {
    if (error.error !== 'insufficient_scope') return error;
    const needed = [policyOf(context.getHandler(), context.getClass()), this.#needsOf(context)];
    const asked = [error.requiredScopes ?? [], ...needed.map(({ scopes }) => scopes)].flat();
    return AuthError.insufficientScope([...new Set(asked)]);
  }

  #handOver(context: ExecutionContext): true {
    const request = requestOf(context);
    if (!request) return true;
    const principal = principalOf(context);
    const node = request.raw ?? request;
    const table = this.#tableOf(context);
    const held = this.#scopesOf(principal);
    const mayCall = (tool: string) => meets(held, table.get(tool) ?? NOTHING);
    noteCaller({ principal, mayCall }, request, node);
    if (!principal) {
      this.#requireNothing(context);
      return true;
    }
    const authInfo = authInfoOf(principal, held, this.#factsOf(context));
    noteCaller({ principal, mayCall }, authInfo.extra);
    // The SDK reads Node's request; on Fastify the host reads another.
    for (const one of [request, node]) {
      Reflect.set(one, 'auth', authInfo);
      Reflect.set(one, 'user', mcpNestUserOf(principal, held));
    }
    return true;
  }

  #scopesOf(principal: AuthPrincipal | null): ReadonlySet<string> {
    const held = principal?.scopes ?? NO_SCOPES;
    return this.services?.impliedScopes?.expand(held) ?? held;
  }

  #factsOf(context: ExecutionContext): EndpointFacts {
    const policy = policyOf(context.getHandler(), context.getClass());
    const resource = this.services?.resourceOf(policy);
    const { audience } = (policy.schemes.get('bearer') ?? {}) as BearerRequirement;
    return { resource: resource?.resource ?? audience, metadata: resource?.address?.documentUrl };
  }

  /** Callers whom the route lets in without a credential have no scopes. @throws AuthError 401, by which clients sign in */
  #requireNothing(context: ExecutionContext): void {
    if (needsNothing(this.#needsOf(context))) return;
    const request = requestOf(context) as GuardedRequest;
    // A public route has no challenge, since nobody is refused there but here.
    contextOf(request).challenge ??= this.services?.challengeOf(policyOf(context.getHandler(), context.getClass()));
    throw AuthError.unauthenticated();
  }

  #needsOf(context: ExecutionContext): ToolNeeds {
    const request = requestOf(context) as GuardedRequest;
    if (WITHOUT_BODY.has(request.method ?? '')) return NOTHING;
    const table = this.#tableOf(context);
    return allNeeds(calledTools(request.body).map((tool) => table.get(tool) ?? NOTHING));
  }

  /** What the decorator of the route says, and those of mcp-nest's tools. */
  #tableOf(context: ExecutionContext): ToolTable {
    const own = endpointOf(context);
    const known = this.#tables.get(own) ?? addUp(own, nestTools(this.modules));
    this.#tables.set(own, known);
    return known;
  }
}

function addUp(...tables: readonly ToolTable[]): ToolTable {
  const names = new Set(tables.flatMap((table) => [...table.keys()]));
  return new Map([...names].map((name) => [name, allNeeds(tables.flatMap((table) => table.get(name) ?? []))]));
}

function endpointOf(context: ExecutionContext): ToolTable {
  for (const target of [context.getHandler(), context.getClass()]) {
    const table = Reflect.getMetadata(ENDPOINT_KEY, target) as ToolTable | undefined;
    if (table) return table;
  }
  return NO_TABLE;
}
