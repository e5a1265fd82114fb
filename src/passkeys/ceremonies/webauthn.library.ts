import { Injectable } from '@nestjs/common';

type Library = Pick<
  typeof import('@simplewebauthn/server'),
  'verifyAuthenticationResponse' | 'verifyRegistrationResponse'
> &
  Pick<typeof import('@simplewebauthn/server/helpers'), 'decodeAttestationObject'>;

/** `@simplewebauthn/server`, which reads and checks what authenticators send. Loaded only where passkeys are on. */
@Injectable()
export class WebAuthnLibrary {
  private loaded: Library | undefined;

  /** @throws Error with the remedy when it is not installed; stops the boot */
  async load(): Promise<void> {
    try {
      const [server, helpers] = await Promise.all([
        import('@simplewebauthn/server'),
        import('@simplewebauthn/server/helpers'),
      ]);
      this.loaded = { ...server, ...helpers };
    } catch (error) {
      if (!isMissing(error)) throw error;
      throw new Error(
        'passkeys: the package @simplewebauthn/server is not installed. Run npm install @simplewebauthn/server, or leave passkeys out.',
        { cause: error },
      );
    }
  }

  get(): Library {
    if (!this.loaded) throw new Error('passkeys: the application has not started yet.');
    return this.loaded;
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && /^(ERR_)?MODULE_NOT_FOUND$/.test(String(Reflect.get(error, 'code')));
}
