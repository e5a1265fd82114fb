import { Injectable, Module } from '@nestjs/common';
import { Extensions } from '../../src/common/extensions.js';
import type { StepUpWish } from '../../src/common/ports/step-up-wish.js';

/** A second factor as a capability would add it: its page is somewhere else, and some users have none. */
@Injectable()
export class TestFactor {
  static readonly PAGE = '/second-factor';
  readonly wishes: StepUpWish[] = [];
  readonly without = new Set<string>();

  async pageOf(wish: StepUpWish): Promise<string | null> {
    this.wishes.push(wish);
    if (this.without.has(wish.subjectId)) return null;
    return `${TestFactor.PAGE}?${new URLSearchParams({ continue: wish.continueTo })}`;
  }
}

@Module({ providers: [TestFactor] })
export class TestFactorModule {
  constructor(extensions: Extensions, factor: TestFactor) {
    extensions.add({ name: 'testFactor', raises: ['otp', 'mfa'], stepUpUrl: (wish) => factor.pageOf(wish) });
  }
}
