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

  /**
   * Somebody touches it, and once more where nothing comes of it: Chromium loses a touch that falls between a request's start and its arrival.
   * @param follows what comes of it; fails while it has not come
   */
  async touch(follows: () => Promise<unknown>): Promise<void> {
    for (let touches = 1; ; touches++) {
      await this.isPresent(true);
      try {
        await follows();
        return;
      } catch (error) {
        if (touches === 5) throw error;
        await this.isPresent(false);
      }
    }
  }
}

/** A module of this folder, with what it imports, as one script for browsers. */
export function bundled(name: string): string {
  const [program, entry] = ['bundle.mjs', name].map((file) => fileURLToPath(new URL(`./${file}`, import.meta.url)));
  return execFileSync(process.execPath, [program!, entry!], { encoding: 'utf8', maxBuffer: 32 * 1024 * 1024 });
}
