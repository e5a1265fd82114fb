import type { INestApplication } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { actingAs, AuthTestingModule, mockPrincipal } from 'nest-authority/testing';
import request from 'supertest';
import { ReportsController } from '../src/reports.controller.js';
import { ReportsService } from '../src/reports.service.js';

describe('GET /reports', () => {
  let app: INestApplication;
  beforeAll(async () => {
    const moduleRef = await Test.createTestingModule({
      imports: [AuthTestingModule.forRoot()],
      controllers: [ReportsController],
      providers: [ReportsService],
    }).compile();
    app = await moduleRef.createNestApplication().init();
  });
  afterEach(() => void actingAs(app, null));
  afterAll(() => app.close());

  it('lets in a user with the scope', async () => {
    actingAs(app, mockPrincipal({ user: 'ann', scopes: ['reports:read'] }));
    await request(app.getHttpServer()).get('/reports').expect(200, ['Report of ann']);
  });

  it('lets in an API key with the scope', async () => {
    actingAs(app, mockPrincipal({ user: 'ann', apiKey: true, scopes: ['reports:read'] }));
    await request(app.getHttpServer()).get('/reports').expect(200);
  });

  it('refuses a user without the scope, and whoever has no credential', async () => {
    await request(app.getHttpServer()).get('/reports').expect(401);
    actingAs(app, mockPrincipal({ user: 'ann' }));
    await request(app.getHttpServer()).get('/reports').expect(403);
  });

  it('lets only the user in person clear them', async () => {
    actingAs(app, mockPrincipal({ user: { id: 'ann', email: 'ann@example.com' } }));
    await request(app.getHttpServer()).delete('/reports').expect(200, { cleared: 'ann@example.com' });
    actingAs(app, mockPrincipal({ user: 'ann', apiKey: true }));
    await request(app.getHttpServer()).delete('/reports').expect(401);
  });
});
