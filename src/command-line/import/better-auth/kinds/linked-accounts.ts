import { SecretBox } from '../../../../common/secrets/secret-box.js';
import type { ImportContext, Kind, Mapped } from '../kind.js';
import { asDate, asText, type SourceRow } from '../source-values.js';
import { TargetHolders } from '../target-holders.js';
import { toBytes } from '../target-rows.js';
import { movedId } from './moved-id.js';
import { identityOf, type ProviderIdentity } from './provider-identity.js';

/** Ciphertext of better-auth's `encryptOAuthTokens`: hexadecimal, or with the number of its key before it. */
const ENCRYPTED = /^(\$ba\$|([0-9a-f]{2}){40,}$)/i;
const TOKENS = ['accessToken', 'refreshToken', 'idToken'] as const;

/** Accounts at providers that sign users in. Passwords go with the users. */
export const LINKED_ACCOUNTS: Kind = {
  name: 'linked accounts',
  model: 'account',
  table: { name: 'auth_linked_account', key: 'id' },
  taken: 'an account of this provider and subject is linked here already',
  remedy: 'unlink it here, if that is right',
  map: mapAccounts,
  ended: {},
};

async function mapAccounts(rows: readonly SourceRow[], context: ImportContext): Promise<Mapped[]> {
  const states = await context.holders.states(rows.map(({ userId }) => String(userId)));
  return rows.map((row): Mapped => {
    if (row['providerId'] === 'credential') return { left: 'a password, which goes with its user' };
    const refusal = TargetHolders.refusal(states.get(String(row['userId'])), 'user');
    if (refusal !== null) return { left: refusal };
    const identity = identityOf(row, context.settings);
    return typeof identity === 'string' ? { fault: identity } : { row: toAccount(row, identity, context) };
  });
}

function toAccount(row: SourceRow, { issuer, accountId }: ProviderIdentity, context: ImportContext) {
  const id = movedId('account', row.id);
  const createdAt = asDate(row['createdAt']) ?? new Date();
  return {
    id,
    subject: String(row['userId']),
    provider_id: String(row['providerId']),
    issuer,
    account_id: accountId,
    scopes: (asText(row['scope']) ?? '').split(/[\s,]+/).filter((scope) => scope !== ''),
    tokens: sealedTokens(row, id, context),
    access_expires_at: asDate(row['accessTokenExpiresAt']),
    refresh_expires_at: asDate(row['refreshTokenExpiresAt']),
    version: 0,
    created_at: createdAt,
    updated_at: asDate(row['updatedAt']) ?? createdAt,
  };
}

/** Encrypted under our secret, as every token of a provider. Null: the user signs in with the provider once to have new ones. */
function sealedTokens(row: SourceRow, id: string, { settings, note }: ImportContext): string | null {
  const tokens = Object.fromEntries(TOKENS.map((name) => [name, asText(row[name]) || null]));
  const given = Object.values(tokens).filter((token) => token !== null);
  if (given.length === 0) return null;
  if (given.some((token) => ENCRYPTED.test(token))) {
    note(ENCRYPTED_NOTE);
    return null;
  }
  if (!settings.secrets?.length) {
    note(SECRET_NOTE);
    return null;
  }
  return toBytes(new SecretBox(settings.secrets).seal(JSON.stringify(tokens), `linked-account:${id}`));
}

const ENCRYPTED_NOTE =
  'Tokens of providers are encrypted there and were left behind: users have new ones after their next sign-in with the provider.';
const SECRET_NOTE =
  'Tokens of providers were left behind, since no secret was given to encrypt them with (AUTH_SECRET): users have new ones after their next sign-in with the provider.';
