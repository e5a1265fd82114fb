import { AuthPasskeyChallenge } from './ceremonies/challenge.entity.js';
import { AuthPasskeyHolder } from './keys/passkey-holder.entity.js';
import { AuthPasskey } from './keys/passkey.entity.js';
import { Passkeys1700000001200 } from './migrations/1700000001200-passkeys.js';

/** The tables of this capability. */
export const PASSKEYS_TABLES = {
  entities: [AuthPasskey, AuthPasskeyHolder, AuthPasskeyChallenge],
  migrations: [Passkeys1700000001200],
};
