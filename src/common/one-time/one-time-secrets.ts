import { randomInt, timingSafeEqual } from 'node:crypto';
import { digestToBytes, randomBase62, sha256 } from '../crypto.js';
import type { Database, Executor } from '../database/database.js';
import type { Transaction } from '../database/transaction.js';
import { newId } from '../new-id.js';
import type { SecretBox } from '../secrets/secret-box.js';
import type { KnownRow, LiveRow, OneTimeSecretStore, SecretFacts, TakenRow } from './one-time-secret.store.js';

/** 256 bits. */
const TOKEN_LENGTH = 43;
const TOKEN = /^[A-Za-z0-9]{43}$/;
const CODE_DIGITS = 6;
const CODE = /^\d{6}$/;

/** What one kind of secrets does, and how long. */
export interface SecretPurpose {
  readonly name: string;
  readonly lifetimeSeconds: number;
}
export interface CodePurpose extends SecretPurpose {
  /** Wrong guesses at one code. */
  readonly maxAttempts: number;
}

/** Secrets that do one thing once: tokens of links, and codes to type. The only place where they are made, checked and spent. */
export class OneTimeSecrets {
  constructor(
    private readonly database: Database,
    private readonly store: OneTimeSecretStore,
    private readonly box: SecretBox,
  ) {}

  /** @param subject whose: the id of a user, or an address. Of one purpose the newest three of a subject are good */
  async makeToken(
    purpose: SecretPurpose,
    subject: string,
    facts: SecretFacts = {},
  ): Promise<{ readonly token: string; readonly expiresAt: Date }> {
    const token = randomBase62(TOKEN_LENGTH);
    return { token, expiresAt: await this.insert(newId(), purpose, { subject, facts, hash: hashOf(token) }) };
  }

  /** Spends a token in the transaction of what it is for. @returns null when it is unknown, spent, expired or for something else */
  async takeToken(tx: Transaction, purpose: SecretPurpose, token: string): Promise<TakenRow | null> {
    return TOKEN.test(token) ? this.store.take(tx, hashOf(token), purpose.name) : null;
  }

  /** What a token is for, spent or expired as it may be; null when it is unknown. Spends nothing. */
  async readToken(purpose: SecretPurpose, token: string): Promise<KnownRow | null> {
    return TOKEN.test(token) ? this.store.read(this.database, hashOf(token), purpose.name) : null;
  }

  /** What of these purposes is under way for a subject: the newest that is still good. */
  async underWay(
    subject: string,
    purposes: readonly Pick<SecretPurpose, 'name'>[],
    executor: Executor = this.database,
  ): Promise<LiveRow | null> {
    return this.store.newest(
      executor,
      subject,
      purposes.map(({ name }) => name),
    );
  }

  /** Six digits. */
  async makeCode(
    purpose: CodePurpose,
    subject: string,
    facts: SecretFacts = {},
  ): Promise<{ readonly code: string; readonly expiresAt: Date }> {
    const id = newId();
    const code = String(randomInt(10 ** CODE_DIGITS)).padStart(CODE_DIGITS, '0');
    const [hash] = this.box.digests(code, `${purpose.name}:${id}`);
    return { code, expiresAt: await this.insert(id, purpose, { subject, facts, hash: hash! }) };
  }

  /**
   * Counts a guess, and says which code it is. Spend it by `spendCode` in the transaction of what it is for.
   * @returns null for a wrong guess, and for any guess after too many
   */
  async guessCode(
    purpose: CodePurpose,
    subject: string,
    code: string,
  ): Promise<{ readonly id: string; readonly facts: SecretFacts } | null> {
    const live = await this.store.guess(this.database, subject, purpose.name, purpose.maxAttempts);
    if (!CODE.test(code)) return null;
    const found = live.filter(({ id, hash }) =>
      this.box.digests(code, `${purpose.name}:${id}`).some((one) => timingSafeEqual(one, hash)),
    );
    return found[0] ?? null;
  }

  /** Whether there is a code that may still be guessed at; counts nothing. */
  async hasCode(purpose: CodePurpose, subject: string): Promise<boolean> {
    return this.store.has(this.database, subject, purpose.name, purpose.maxAttempts);
  }

  /** @returns false when another request has spent it meanwhile */
  async spendCode(tx: Transaction, id: string): Promise<boolean> {
    return this.store.spend(tx, id);
  }

  /** Voids what was not spent. */
  async void(executor: Executor, subject: string, purposes: readonly Pick<SecretPurpose, 'name'>[]): Promise<void> {
    await this.store.void(
      executor,
      subject,
      purposes.map(({ name }) => name),
    );
  }

  /** When the subject is gone, or everything of it is void. */
  async forget(executor: Executor, subject: string): Promise<void> {
    await this.store.forget(executor, subject);
  }

  private insert(
    id: string,
    { name: purpose, lifetimeSeconds }: SecretPurpose,
    secret: { readonly subject: string; readonly hash: Buffer; readonly facts: SecretFacts },
  ): Promise<Date> {
    return this.store.insert(this.database, { id, purpose, lifetimeSeconds, ...secret });
  }
}

function hashOf(token: string): Buffer {
  return digestToBytes(sha256(token));
}
