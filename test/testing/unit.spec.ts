import { Controller, Get, Injectable } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import {
  ApiKeyAuth,
  AuthGuard,
  BearerAuth,
  CurrentUser,
  OptionalAuth,
  Scopes,
  SessionAuth,
  type HostUser,
} from 'nest-authority';

@Injectable()
class Reports {
  readonly all = ['first'];
}

@Controller('reports')
@BearerAuth()
@ApiKeyAuth()
class ReportsController {
  constructor(private readonly reports: Reports) {}

  @Get() @Scopes('reports:read') list(@CurrentUser() user: HostUser | null) {
    return [user?.name ?? 'machine', ...this.reports.all];
  }
  @Get('own') @SessionAuth() @OptionalAuth() own() {
    return this.reports.all;
  }
}

describe('a unit test of a guarded controller', () => {
  const build = () => Test.createTestingModule({ controllers: [ReportsController], providers: [Reports] });

  it('compiles without any module of ours, and its methods are called as any method', async () => {
    const moduleRef = await build().compile();
    const controller = moduleRef.get(ReportsController);
    expect(controller.list({ name: 'Ann' } as HostUser)).toEqual(['Ann', 'first']);
    await moduleRef.close();
  });

  it('a class that extends the guard compiles too', async () => {
    @Injectable()
    class TenantGuard extends AuthGuard {}
    const moduleRef = await build().overrideGuard(AuthGuard).useClass(TenantGuard).compile();
    expect(moduleRef.get(ReportsController).own()).toEqual(['first']);
    await moduleRef.close();
  });

  it('an application that starts without anything to verify credentials with does not start', async () => {
    const moduleRef = await build().compile();
    await expect(moduleRef.createNestApplication().init()).rejects.toThrow(
      'AuthGuard: nothing here verifies credentials. Import AuthModule.forRoot()',
    );
  });
});
