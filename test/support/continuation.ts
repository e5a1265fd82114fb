import { Injectable, Module } from '@nestjs/common';
import { Extensions } from '../../src/common/extensions.js';
import type { SignInContinuation } from '../../src/common/ports/sign-in-continuation.js';
import { AuthError } from '../../src/index.js';

/** Replaces the provider's authorization requests: knows one query, and records what it was asked. */
@Injectable()
export class TestContinuation implements SignInContinuation {
  static readonly GOOD = 'client_id=test&sig=good';
  static readonly WAITING = '/api/auth/oauth2/authorize?waiting';
  static calls: ({ sessionId: string; subjectId: string } | null)[] = [];

  async resume(
    oauthQuery: string,
    session: { readonly sessionId: string; readonly subjectId: string } | null,
  ): Promise<string> {
    if (oauthQuery !== TestContinuation.GOOD) throw AuthError.badRequest('INVALID_SIGNATURE', 'Invalid signature');
    TestContinuation.calls.push(session);
    return session ? 'https://client.example/cb?code=1' : TestContinuation.WAITING;
  }
}

@Module({ providers: [TestContinuation] })
export class TestContinuationModule {
  constructor(extensions: Extensions, continuation: TestContinuation) {
    extensions.add({ name: 'test', ports: { signInContinuation: continuation } });
  }
}
