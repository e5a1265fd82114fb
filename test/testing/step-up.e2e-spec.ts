import { Controller, Get, type INestApplication } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import request from 'supertest';
import { BearerAuth, StepUp } from 'nest-authority';
import { actingAs, AuthTestingModule, mockPrincipal, type MockCaller } from 'nest-authority/testing';
import { createHttpAdapter } from '../support/adapter.js';
import { MFA, PHR, PWD } from '../support/strength.js';

@Controller('pay')
@BearerAuth()
class PayController {
  @Get('strong') @StepUp({ acr: MFA }) strong() {
    return { reached: true };
  }
  @Get('recent') @StepUp({ maxAge: '5m' }) recent() {
    return { reached: true };
  }
}

describe('a test says how strongly and when its caller has signed in', () => {
  let app: INestApplication;
  beforeAll(async () => {
    const imports = [AuthTestingModule.forRoot()];
    const moduleRef = await Test.createTestingModule({ imports, controllers: [PayController] }).compile();
    app = await moduleRef.createNestApplication(createHttpAdapter()).init();
    await (app.getHttpAdapter().getInstance() as { ready?: () => Promise<void> }).ready?.();
  });
  afterAll(() => app?.close());

  it.each<[MockCaller, number, number]>([
    [{}, 401, 200],
    [{ acr: PWD }, 401, 200],
    [{ acr: MFA }, 200, 200],
    [{ acr: PHR, authenticatedAt: new Date(Date.now() - 400_000) }, 200, 401],
    [{ user: 'ann', client: 'app', acr: MFA }, 200, 401],
    [{ user: 'ann', client: 'app', acr: MFA, authenticatedAt: new Date() }, 200, 200],
    [{ user: 'ann', issuer: 'https://login.example', acr: MFA }, 401, 401],
    [{ client: 'billing' }, 401, 401],
    [{ apiKey: true }, 401, 401],
  ])('%j', async (caller, strong, recent) => {
    const restore = actingAs(app, mockPrincipal(caller));
    const statuses = [];
    for (const path of ['strong', 'recent'])
      statuses.push((await request(app.getHttpServer() as never).get(`/pay/${path}`)).status);
    if (typeof restore === 'function') restore();
    expect(statuses).toEqual([strong, recent]);
  });
});
