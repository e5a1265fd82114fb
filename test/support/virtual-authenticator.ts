import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { CDPSession, Page } from 'playwright-core';

/** What Chromium's own authenticator is asked to be (WebAuthn 3, 11). */
export interface VirtualAuthenticatorOptions {
  /** Whether its user shows who they are when they are asked. Default true. */
  readonly verifies?: boolean;
  /** It keeps passkeys that are found without an address. Default true. */
  readonly hasResidentKeys?: boolean;
}

/** An authenticator in Chromium itself, for one page. */
export class VirtualAuthenticator {
  private constructor(
    private readonly session: CDPSession,
    private readonly authenticatorId: string,
  ) {}

  static async plug(page: Page, options: VirtualAuthenticatorOptions = {}): Promise<VirtualAuthenticator> {
    const { verifies = true, hasResidentKeys = true } = options;
    const session = await page.context().newCDPSession(page);
    await session.send('WebAuthn.enable');
    const { authenticatorId } = await session.send('WebAuthn.addVirtualAuthenticator', {
      options: {
        protocol: 'ctap2',
        transport: 'internal',
        hasResidentKey: hasResidentKeys,
        hasUserVerification: true,
        isUserVerified: verifies,
        automaticPresenceSimulation: true,
      },
    });
    return new VirtualAuthenticator(session, authenticatorId);
  }

  async count(): Promise<number> {
    const { authenticatorId } = this;
    return (await this.session.send('WebAuthn.getCredentials', { authenticatorId })).credentials.length;
  }

  /** Whether its user is there: while not, it waits. */
  async isPresent(enabled: boolean): Promise<void> {
    const { authenticatorId } = this;
    await this.session.send('WebAuthn.setAutomaticPresenceSimulation', { authenticatorId, enabled });
  }
}

/** A module as a script for browsers. @param source with imports of packages */
export function bundled(source: string): string {
  const program = fileURLToPath(new URL('./bundle.mjs', import.meta.url));
  return execFileSync(process.execPath, [program], { input: source, encoding: 'utf8', maxBuffer: 32 * 1024 * 1024 });
}
