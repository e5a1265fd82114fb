import { Test } from '@nestjs/testing';
import type { INestApplication } from '@nestjs/common';
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { Auth, CurrentPrincipal, type AuthPrincipal } from 'nest-authority';
import { actingAs, AuthTestingModule, mockPrincipal } from 'nest-authority/testing';
import { createHttpAdapter } from '../support/adapter.js';
import { CONTEXTS, EVERY_CONTEXT, startEveryContext, viaSocket, type EveryContext } from '../support/every-context.js';

/** Takes the cookie alone, before anybody connects. */
@WebSocketGateway({ namespace: 'own' })
@Auth('session')
class OwnGateway {
  @SubscribeMessage('whom') whom(@CurrentPrincipal() principal: AuthPrincipal) {
    return { event: 'whom', data: principal.subjectId };
  }
}

describe('F30: actingAs, without a database', () => {
  let app: INestApplication;
  let host: EveryContext;
  beforeAll(async () => {
    const { imports, ...rest } = EVERY_CONTEXT;
    const moduleRef = await Test.createTestingModule({
      ...rest,
      providers: [...rest.providers, OwnGateway],
      imports: [AuthTestingModule.forRoot(), ...imports],
    }).compile();
    app = moduleRef.createNestApplication(createHttpAdapter('express'), { logger: false });
    host = await startEveryContext(app);
  });
  afterEach(() => void actingAs(app, null));
  afterAll(() => host?.close());

  it.each(CONTEXTS)('a user, over %s', async (context) => {
    actingAs(app, mockPrincipal({ user: { id: 'ann', name: 'Ann' }, scopes: ['reports:read'] }));
    expect(await host.ask(context)).toBe('ann Ann ann');
  });

  it.each(CONTEXTS)('a user without the scope, over %s', async (context) => {
    actingAs(app, mockPrincipal({ user: 'ann' }));
    expect(await host.ask(context)).toBe('INSUFFICIENT_SCOPE');
  });

  it.each(CONTEXTS)('nobody acts, and a credential that nothing verifies is refused, over %s', async (context) => {
    // A message could not have carried one, and the refusal says so.
    expect(await host.ask(context, 'anything')).toBe(context === 'message' ? 'CONTEXT_NOT_SUPPORTED' : 'UNAUTHORIZED');
  });

  it('a gateway that is guarded as a class takes whoever acts as its scheme, whatever the handshake brings', async () => {
    const own = `${host.url}/own`;
    actingAs(app, mockPrincipal({ user: 'ann' }));
    expect(await viaSocket(own, {})).toBe('ann');
    expect(await viaSocket(own, { auth: { token: 'anything' }, extraHeaders: { authorization: 'Bearer x' } })).toBe(
      'ann',
    );
    actingAs(app, mockPrincipal({ user: 'ann', apiKey: true }));
    expect(await viaSocket(own, {})).toBe('UNAUTHORIZED');
    actingAs(app, null);
    expect(await viaSocket(own, {})).toBe('UNAUTHORIZED');
  });
});
