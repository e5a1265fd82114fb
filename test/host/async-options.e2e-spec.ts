import { Injectable, Module, type DynamicModule } from '@nestjs/common';
import {
  AccountsModule,
  AuthCoreModule,
  AuthModule,
  BearerModule,
  type AuthOptions,
  type AuthOptionsFactory,
} from '../../src/index.js';
import { createTestApp, testOptions } from '../support/app.js';
import { send } from '../support/http.js';
import { signUp } from '../support/users.js';

describe('forRootAsync', () => {
  @Injectable()
  class Settings implements AuthOptionsFactory {
    async createAuthOptions(): Promise<AuthOptions> {
      return testOptions({ accounts: { session: { expiresIn: '3h' } } });
    }
  }
  @Module({ providers: [Settings], exports: [Settings] })
  class SettingsModule {}

  it.each<[string, () => DynamicModule]>([
    [
      'useFactory with inject',
      () =>
        AuthModule.forRootAsync({
          imports: [SettingsModule],
          inject: [Settings],
          useFactory: (settings: Settings) => settings.createAuthOptions(),
        }),
    ],
    ['useClass', () => AuthModule.forRootAsync({ useClass: Settings })],
    ['useExisting', () => AuthModule.forRootAsync({ imports: [SettingsModule], useExisting: Settings })],
    [
      'single modules',
      () => ({
        module: class Single {},
        imports: [
          AuthCoreModule.forRoot(testOptions()),
          AccountsModule.forRoot({ session: { expiresIn: '3h' } }),
          BearerModule.forRootAsync({ useFactory: () => ({ refreshToken: { enabled: true } }) }),
        ],
      }),
    ],
  ])('200 with %s: the options arrive at their capabilities', async (_name, auth) => {
    const host = await createTestApp({ authModule: auth() });
    try {
      const user = await signUp(host.url);
      expect(user.refreshToken).toMatch(/^nar_/);
      const { session } = (await send(`${host.url}/api/auth/get-session`, { bearer: user.token })).body;
      expect(Date.parse(session.expiresAt) - Date.parse(session.createdAt)).toBe(3 * 3_600_000);
    } finally {
      await host.close();
    }
  });

  it('200 routes.prefix moves the routes, given beside the factory', async () => {
    const authModule = AuthModule.forRootAsync({ routes: { prefix: '/auth' }, useClass: Settings });
    const host = await createTestApp({ authModule });
    try {
      expect((await send(`${host.url}/auth/get-session`)).text).toBe('null');
      expect((await send(`${host.url}/api/auth/get-session`)).status).toBe(404);
    } finally {
      await host.close();
    }
  });
});
