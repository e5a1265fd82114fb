import { Inject, Injectable } from '@nestjs/common';
import { Database } from '../../common/database/database.js';
import { AuthEvents } from '../../common/events/auth-events.js';
import { CEREMONY_SECONDS, Challenges } from '../ceremonies/challenges.js';
import { readClientData } from '../ceremonies/client-data.js';
import { RelyingParty } from '../ceremonies/relying-party.js';
import { ALGORITHMS, Verifier, type CheckedRegistration } from '../ceremonies/verifier.js';
import { PasskeyHolderStore } from '../keys/passkey-holder.store.js';
import { PasskeyChanges, type PasskeyOwner } from '../keys/passkey.changes.js';
import { PasskeyOwners } from '../keys/passkey-owners.js';
import { PasskeyStore, type PasskeyRow } from '../keys/passkey.store.js';
import { toDescriptor, toView, type PasskeyView } from '../keys/passkey.view.js';
import { challengeNotFound, limitReached, previouslyRegistered, registrationFailed } from '../passkeys.errors.js';
import { PASSKEYS_SETTINGS, type PasskeysSettings } from '../passkeys.options.js';
import type { AttestationAnswer } from '../passkeys.schemas.js';

declare module '../../common/events/auth-events.js' {
  interface AuthEventMap {
    'passkey.added': { subjectId: string; passkeyId: string };
  }
}

export interface RegistrationWish {
  readonly name?: string | undefined;
  readonly authenticatorAttachment?: 'platform' | 'cross-platform' | undefined;
}

/** How users get a passkey (WebAuthn 3, 7.1). */
@Injectable()
export class Registrations {
  constructor(
    private readonly challenges: Challenges,
    private readonly verifier: Verifier,
    private readonly party: RelyingParty,
    private readonly store: PasskeyStore,
    private readonly holders: PasskeyHolderStore,
    private readonly changes: PasskeyChanges,
    private readonly owners: PasskeyOwners,
    private readonly database: Database,
    private readonly events: AuthEvents,
    @Inject(PASSKEYS_SETTINGS) private readonly settings: PasskeysSettings,
  ) {}

  /** @throws AuthError as `PasskeyOwners.require`, 400 `PASSKEY_LIMIT_REACHED`, 429 */
  async begin(owner: PasskeyOwner, wish: RegistrationWish) {
    const user = await this.owners.require(owner);
    const known = await this.store.list(this.database, user.id);
    this.requireRoom(known);
    const handle = await this.holders.ensure(user.id);
    const { challenge, cookie } = await this.challenges.open('create', user.id, owner.caller);
    const { residentKey, userVerification } = this.settings;
    const { authenticatorAttachment } = wish;
    const options = {
      challenge,
      rp: { name: this.party.name, id: this.party.id },
      user: { id: handle.toString('base64url'), name: wish.name || user.email, displayName: user.name || user.email },
      pubKeyCredParams: ALGORITHMS.map((alg) => ({ alg, type: 'public-key' })),
      timeout: CEREMONY_SECONDS * 1000,
      attestation: 'none',
      excludeCredentials: known.map(toDescriptor),
      authenticatorSelection: {
        residentKey,
        requireResidentKey: residentKey === 'required',
        userVerification,
        ...(authenticatorAttachment && { authenticatorAttachment }),
      },
      extensions: { credProps: true },
      hints: [],
    };
    return { options, cookie };
  }

  /**
   * @throws AuthError 400 `CHALLENGE_NOT_FOUND`, `FAILED_TO_VERIFY_REGISTRATION`, `PREVIOUSLY_REGISTERED`, `PASSKEY_LIMIT_REACHED`;
   *   as `PasskeyOwners.require`
   */
  async finish(owner: PasskeyOwner, answer: AttestationAnswer, name: string | null): Promise<PasskeyView> {
    const { principal, caller } = owner;
    await this.owners.require(owner);
    const checked = await this.check(answer, principal.subjectId, caller);
    let added: PasskeyRow | null = null;
    await this.changes.make(owner, 'passkey-added', async (tx) => {
      this.requireRoom(await this.store.list(tx, principal.subjectId));
      added = await this.store.insert(tx, {
        subject: principal.subjectId,
        ...checked,
        name,
        transports: answer.response.transports ?? [],
      });
      if (!added) throw previouslyRegistered();
      const { subject: subjectId, id: passkeyId } = added;
      tx.afterCommit(() => this.events.emit('passkey.added', { subjectId, passkeyId }));
    });
    return toView(added!);
  }

  private async check(
    answer: AttestationAnswer,
    subjectId: string,
    caller: PasskeyOwner['caller'],
  ): Promise<CheckedRegistration> {
    const data = readClientData(answer.response.clientDataJSON, 'create');
    if (!data) throw registrationFailed('the client data are malformed, or not of a registration of ours');
    if ((await this.challenges.spend('create', data.challenge, caller.headers)) !== subjectId)
      throw challengeNotFound();
    const required = this.settings.userVerification === 'required';
    try {
      return await this.verifier.registration(answer, data.challenge, required);
    } catch (error) {
      throw registrationFailed(error instanceof Error ? error.message : String(error));
    }
  }

  private requireRoom(known: readonly PasskeyRow[]): void {
    if (known.length >= this.settings.maxPerUser) throw limitReached(this.settings.maxPerUser);
  }
}
