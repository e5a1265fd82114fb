import { Controller, Get } from '@nestjs/common';
import { DocumentBuilder } from '@nestjs/swagger';
import { BearerAuth, StepUp } from '../../src/index.js';
import { createAuthDocument } from '../../src/swagger/index.js';
import { createTestApp, type TestApp } from '../support/app.js';
import type { ApiDocument } from '../support/api-document.js';
import { MFA } from '../support/strength.js';

@Controller('pay')
@BearerAuth()
class PayController {
  @Get() @StepUp({ acr: MFA, maxAge: '5m' }) pay() {
    return {};
  }
  @Get('plain') plain() {
    return {};
  }
}

describe('RFC 9470 3: the API document', () => {
  let host: TestApp;
  let document: ApiDocument;
  beforeAll(async () => {
    host = await createTestApp({ controllers: [PayController] });
    document = createAuthDocument(host.app, new DocumentBuilder().build()) as unknown as ApiDocument;
  });
  afterAll(() => host?.close());
  const refusal = (path: string) => (document.paths[path] as any).get.responses['401'];

  it('says which sign-in a route asks for, with an example of the refusal', () => {
    const { description, headers, content } = refusal('/pay');
    expect(description).toBe(
      `UNAUTHORIZED, INSUFFICIENT_USER_AUTHENTICATION: no credential, or one that is not good; needs a sign-in of the strength ${MFA} and a sign-in in the last 300 seconds, which \`WWW-Authenticate\` says by \`acr_values\` and \`max_age\` (RFC 9470 3)`,
    );
    expect(headers['WWW-Authenticate'].example).toBe(
      `Bearer error="insufficient_user_authentication", acr_values="${MFA}", max_age="300"`,
    );
    expect(JSON.stringify(content)).toContain('INSUFFICIENT_USER_AUTHENTICATION');
  });

  it('and nothing of it where a route asks for none', () => {
    expect(refusal('/pay/plain').description).toBe('UNAUTHORIZED: no credential, or one that is not good');
  });
});
