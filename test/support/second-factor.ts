import { Injectable, Module } from '@nestjs/common';
import { Extensions } from '../../src/common/extensions.js';
import type { HostUser } from '../../src/index.js';

/** Replaces a capability that asks some users for another factor. */
@Injectable()
export class TestFactor {
  static readonly PAGE = '/api/auth/second-factor';

  /** Asks users whose address begins so. */
  isDueFor({ email }: HostUser): boolean {
    return email.startsWith('two-');
  }
}

@Module({ providers: [TestFactor] })
export class TestFactorModule {
  constructor(extensions: Extensions, factor: TestFactor) {
    const due = {
      isDue: true,
      body: { twoFactorRedirect: true },
      cookies: ['second=due; Path=/'],
      pageUrl: (continueTo: string) => `${TestFactor.PAGE}?continue=${encodeURIComponent(continueTo)}`,
    } as const;
    extensions.add({
      name: 'test-factor',
      secondFactor: async (user) => (factor.isDueFor(user) ? { begin: async () => due } : null),
    });
  }
}
