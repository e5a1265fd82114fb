import { Inject, Injectable } from '@nestjs/common';
import { Database } from '../../common/database/database.js';
import type { Caller } from '../../common/ports/caller.js';
import { SubjectStore } from '../../common/subjects/subject.store.js';
import { CEREMONY_SECONDS, Challenges } from '../ceremonies/challenges.js';
import { readClientData } from '../ceremonies/client-data.js';
import { RelyingParty } from '../ceremonies/relying-party.js';
import { Verifier, type CheckedAnswer } from '../ceremonies/verifier.js';
import { PasskeyHolderStore } from '../keys/passkey-holder.store.js';
import { PasskeyStore, type PasskeyRow } from '../keys/passkey.store.js';
import { toDescriptor } from '../keys/passkey.view.js';
import { authenticationFailed, unknownCredential } from '../passkeys.errors.js';
import { PASSKEYS_SETTINGS, type PasskeysSettings } from '../passkeys.options.js';
import type { AssertionAnswer } from '../passkeys.schemas.js';

/** A passkey that has just proved itself; it counts once its use is noted. */
export interface ProvenPasskey {
  readonly passkey: PasskeyRow;
  readonly answer: CheckedAnswer;
  /** Of its user, before the proof. */
  readonly epoch: number;
  /** The challenge was for the user who was signed in. */
  readonly isStepUp: boolean;
}

/** How passkeys prove themselves (WebAuthn 3, 7.2). */
@Injectable()
export class Authentications {
  constructor(
    private readonly challenges: Challenges,
    private readonly verifier: Verifier,
    private readonly party: RelyingParty,
    private readonly store: PasskeyStore,
    private readonly holders: PasskeyHolderStore,
    private readonly subjects: SubjectStore,
    private readonly database: Database,
    @Inject(PASSKEYS_SETTINGS) private readonly settings: PasskeysSettings,
  ) {}

  /** @param subjectId of whoever is signed in; null: nobody, so that any passkey will do. @throws AuthError 429 */
  async begin(subjectId: string | null, caller: Caller) {
    const known = subjectId === null ? [] : await this.store.list(this.database, subjectId);
    const { challenge, cookie } = await this.challenges.open('get', known.length > 0 ? subjectId : null, caller);
    const options = {
      rpId: this.party.id,
      challenge,
      timeout: CEREMONY_SECONDS * 1000,
      userVerification: this.settings.userVerification,
      ...(known.length > 0 && { allowCredentials: known.map(toDescriptor) }),
    };
    return { options, cookie };
  }

  /** @throws AuthError 400 `CHALLENGE_NOT_FOUND`, `AUTHENTICATION_FAILED`; 401 `PASSKEY_NOT_FOUND` */
  async prove(given: AssertionAnswer, { headers }: Caller): Promise<ProvenPasskey> {
    const data = readClientData(given.response.clientDataJSON, 'get');
    if (!data) throw authenticationFailed('the client data are malformed, or not of a sign-in of ours');
    const subjectId = await this.challenges.spend('get', data.challenge, headers);
    const passkey = await this.store.findCredential(Buffer.from(given.id, 'base64url'));
    if (!passkey) throw unknownCredential('unknown credential');
    if (subjectId !== null && subjectId !== passkey.subject)
      throw authenticationFailed("another user's passkey than the challenge was for");
    const epoch = await this.subjects.epoch(passkey.subject);
    if (epoch === null) throw unknownCredential(`subject ${passkey.subject} was disabled or deleted`);
    await this.requireHandle(passkey, given.response.userHandle);
    const answer = await this.check(given, data.challenge, passkey);
    return { passkey, answer, epoch, isStepUp: subjectId !== null };
  }

  private async check(given: AssertionAnswer, challenge: string, passkey: PasskeyRow): Promise<CheckedAnswer> {
    const required = this.settings.userVerification === 'required';
    const key = { id: given.id, publicKey: passkey.public_key };
    let answer: CheckedAnswer;
    try {
      answer = await this.verifier.authentication(given, challenge, key, required);
    } catch (error) {
      throw authenticationFailed(error instanceof Error ? error.message : String(error));
    }
    if (answer.multiDevice !== passkey.multi_device)
      throw authenticationFailed('whether it can have copies is another than when it was made (BE)');
    return answer;
  }

  /** It is whom the authenticator takes its user for; not every one says it. */
  private async requireHandle({ subject }: PasskeyRow, userHandle: string | null | undefined): Promise<void> {
    if (!userHandle) return;
    const handle = await this.holders.find(subject);
    if (!handle?.equals(Buffer.from(userHandle, 'base64url')))
      throw authenticationFailed('the user handle is not that of the user of this passkey');
  }
}
