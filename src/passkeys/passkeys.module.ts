import { Module, type OnModuleInit, type Provider } from '@nestjs/common';
import { Database } from '../common/database/database.js';
import { Extensions } from '../common/extensions.js';
import { CORE_SETTINGS } from '../common/options/core-options.js';
import { HostPorts } from '../common/ports/port.js';
import { sweepWhere } from '../common/sweeper/sweeper.js';
import { text } from '../common/texts/text.js';
import { AuthenticationController } from './authentication/authentication.controller.js';
import { Authentications } from './authentication/authentications.js';
import { PasskeyCopiedMail } from './authentication/passkey-copied.mail.js';
import { PASSKEY_METHODS, PasskeySignIns } from './authentication/passkey-sign-ins.js';
import { PasskeyUses } from './authentication/passkey-uses.js';
import { ChallengeStore } from './ceremonies/challenge.store.js';
import { Challenges } from './ceremonies/challenges.js';
import { RelyingParty } from './ceremonies/relying-party.js';
import { Verifier } from './ceremonies/verifier.js';
import { WebAuthnLibrary } from './ceremonies/webauthn.library.js';
import { PasskeyHolderStore } from './keys/passkey-holder.store.js';
import { OwnerProof } from './keys/owner-proof.js';
import { PasskeyChanges } from './keys/passkey.changes.js';
import { PasskeyMethod } from './keys/passkey.method.js';
import { PasskeyStore } from './keys/passkey.store.js';
import { PasskeysController } from './management/passkeys.controller.js';
import { PasskeysService } from './management/passkeys.service.js';
import { PASSKEYS_PATH, PasskeysPageController } from './pages/passkeys-page.controller.js';
import { SignInPart } from './pages/sign-in-part.js';
import { SignInPasskeyController } from './pages/sign-in-passkey.controller.js';
import { ConfigurableModuleClass, PASSKEYS_OPTIONS } from './passkeys.module-definition.js';
import { PASSKEYS_SETTINGS, resolvePasskeysOptions } from './passkeys.options.js';
import { RegistrationController } from './registration/registration.controller.js';
import { Registrations } from './registration/registrations.js';

const providers: Provider[] = [
  { provide: PASSKEYS_SETTINGS, useFactory: resolvePasskeysOptions, inject: [PASSKEYS_OPTIONS] },
  {
    provide: RelyingParty,
    useFactory: (...given: ConstructorParameters<typeof RelyingParty>) => new RelyingParty(...given),
    inject: [CORE_SETTINGS, PASSKEYS_SETTINGS],
  },
  PasskeyStore,
  PasskeyHolderStore,
  PasskeyChanges,
  OwnerProof,
  PasskeyMethod,
  ChallengeStore,
  Challenges,
  WebAuthnLibrary,
  Verifier,
  Registrations,
  Authentications,
  PasskeyUses,
  PasskeySignIns,
  PasskeyCopiedMail,
  PasskeysService,
  SignInPart,
];

/**
 * Sign-in by passkeys (WebAuthn). Needs accounts, whose sessions it starts, and the package `@simplewebauthn/server`.
 *
 * @example
 * const imports = [AuthCoreModule.forRoot({ issuer, secret }), AccountsModule.forRoot(), PasskeysModule.forRoot({ rpName: 'Acme' })];
 */
@Module({
  controllers: [
    RegistrationController,
    AuthenticationController,
    PasskeysController,
    PasskeysPageController,
    SignInPasskeyController,
  ],
  providers,
})
export class PasskeysModule extends ConfigurableModuleClass implements OnModuleInit {
  constructor(
    extensions: Extensions,
    private readonly ports: HostPorts,
    private readonly library: WebAuthnLibrary,
    store: PasskeyStore,
    holders: PasskeyHolderStore,
    challenges: ChallengeStore,
    method: PasskeyMethod,
    signInPart: SignInPart,
    copiedMail: PasskeyCopiedMail,
    database: Database,
  ) {
    super();
    const has = async (subjectId: string) => (await store.list(database, subjectId)).length > 0;
    const offer = {
      method: 'passkey',
      label: text('passkeys.use'),
      pageUrl: (continueTo: string) => signInPart.pageUrl(continueTo),
    };
    extensions.add({
      name: 'passkeys',
      signInMethods: method,
      mails: [copiedMail],
      pages: [{ area: 'account', path: PASSKEYS_PATH, title: 'account.passkeys', order: 45 }],
      signInPage: (continueTo) => signInPart.partOf(continueTo),
      raises: PASSKEY_METHODS,
      factorOf: async (subjectId) => ((await has(subjectId)) ? offer : null),
      stepUpUrl: async ({ subjectId, continueTo }) => ((await has(subjectId)) ? signInPart.pageUrl(continueTo) : null),
      onCredentialChange: async (tx, subjectId, { change }) => {
        await challenges.removeOf(tx, subjectId);
        // Whoever set them up was not the owner of the account.
        if (change === 'owner') await store.removeAll(tx, subjectId);
      },
      onSubjectEnd: async (tx, subjectId, end) => {
        await challenges.removeOf(tx, subjectId);
        if (end !== 'forgotten') return;
        await store.removeAll(tx, subjectId);
        await holders.remove(tx, subjectId);
      },
      sweeps: [sweepWhere('auth_passkey_challenge', 'challenge_hash', 'expires_at < now()', 'expires_at')],
    });
  }

  async onModuleInit(): Promise<void> {
    if (!this.ports.sessions.filled)
      throw new Error(
        'passkeys needs sessions to start. Add accounts to AuthModule.forRoot, or import AccountsModule.forRoot().',
      );
    await this.library.load();
  }
}
