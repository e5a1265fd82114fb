import type { PasskeyRow } from './passkey.store.js';

/** A passkey as the routes show it, in better-auth's members and two of our own (`lastUsedAt`, `userVerified`). */
export interface PasskeyView {
  readonly id: string;
  readonly name: string | null;
  readonly publicKey: string;
  readonly userId: string;
  readonly credentialID: string;
  readonly counter: number;
  readonly deviceType: 'singleDevice' | 'multiDevice';
  readonly backedUp: boolean;
  readonly transports: string;
  readonly createdAt: Date;
  readonly lastUsedAt: Date | null;
  readonly userVerified: boolean;
  readonly aaguid: string;
}

export function toView(row: PasskeyRow): PasskeyView {
  return {
    id: row.id,
    name: row.name,
    publicKey: row.public_key.toString('base64'),
    userId: row.subject,
    credentialID: row.credential_id.toString('base64url'),
    counter: row.counter,
    deviceType: row.multi_device ? 'multiDevice' : 'singleDevice',
    backedUp: row.backed_up,
    transports: row.transports.join(','),
    createdAt: row.created_at,
    lastUsedAt: row.last_used_at,
    userVerified: row.user_verified,
    aaguid: row.aaguid,
  };
}

/** A passkey in the options of a ceremony (WebAuthn 3, 5.8.3). */
export interface CredentialDescriptor {
  readonly id: string;
  readonly type: 'public-key';
  readonly transports?: readonly string[];
}

export function toDescriptor({ credential_id: id, transports }: PasskeyRow): CredentialDescriptor {
  return { id: id.toString('base64url'), type: 'public-key', ...(transports.length > 0 && { transports }) };
}
