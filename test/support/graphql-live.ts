import { Injectable } from '@nestjs/common';
import { ResolveField, Resolver, Subscription } from '@nestjs/graphql';
import {
  ApiKeyAuth,
  Auth,
  AuthContext,
  BearerAuth,
  CurrentApiKey,
  CurrentPrincipal,
  CurrentUser,
  Public,
  Scopes,
  type AuthPrincipal,
  type HostUser,
} from '../../src/index.js';

export const LIVE_TYPES = `
  type Report { id: String owner: String }
  extend type Subscription { whoTicks: String reportTicks: Report openTicks: String live: String liveScoped: String }
`;

/** Subscriptions that are open now. */
@Injectable()
export class OpenSubscriptions {
  count = 0;
}

@Resolver('Report')
export class LiveResolver {
  constructor(
    private readonly auth: AuthContext,
    private readonly open: OpenSubscriptions,
  ) {}

  @Subscription() @BearerAuth() @ApiKeyAuth() async *whoTicks(
    @CurrentUser() user: HostUser | null,
    @CurrentApiKey() key: { name: string } | null,
  ) {
    // In the body of the generator, which runs when the first value is asked for.
    const inContext = (await this.auth.user())?.email;
    yield { whoTicks: [this.auth.principal?.subjectId, inContext, user?.email, key?.name].join(' ') };
  }
  @Subscription() @Public() async *openTicks(@CurrentPrincipal() principal: AuthPrincipal | null) {
    const current = await this.auth.current();
    yield { openTicks: `${principal?.subjectId ?? 'nobody'} ${current?.user.id ?? 'nobody'}` };
  }
  @Subscription() @BearerAuth() @ApiKeyAuth() async *reportTicks() {
    yield { reportTicks: { id: '1' } };
    yield { reportTicks: { id: '2' } };
  }
  @ResolveField() @ApiKeyAuth() owner(@CurrentPrincipal() principal: AuthPrincipal) {
    return `${principal.subjectId} ${this.auth.principal?.subjectId}`;
  }
  /** Begins, and never ends by itself. */
  @Subscription() @Auth('bearer', 'apiKey', 'session') live(@CurrentPrincipal() { subjectId }: AuthPrincipal) {
    this.open.count++;
    return endless({ live: subjectId }, () => this.open.count--);
  }
  @Subscription() @ApiKeyAuth() @Scopes('reports:read') liveScoped(@CurrentPrincipal() { subjectId }: AuthPrincipal) {
    this.open.count++;
    return endless({ liveScoped: subjectId }, () => this.open.count--);
  }
}

function endless(value: object, ended: () => void): AsyncIterableIterator<object> {
  let given = false;
  let end: (result: IteratorResult<object>) => void;
  const last = new Promise<IteratorResult<object>>((resolve) => (end = resolve));
  return {
    [Symbol.asyncIterator]() {
      return this;
    },
    next() {
      if (given) return last;
      given = true;
      return Promise.resolve({ value, done: false });
    },
    return() {
      ended();
      end({ value: undefined, done: true });
      return last;
    },
  };
}
