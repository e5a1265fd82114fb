import { Inject, Injectable } from '@nestjs/common';
import { digestToBytes, randomBase62, sha256 } from '../../common/crypto.js';
import { bytes, identifier, orNull, secondsFromNow, text } from '../../common/database/columns.js';
import { Database, type Executor, type Statement } from '../../common/database/database.js';
import { insertInto } from '../../common/database/insert.js';
import type { Transaction } from '../../common/database/transaction.js';
import { AuthCookies } from '../../common/http/request/cookies.js';
import type { HeaderBag } from '../../common/http/request/headers.js';
import { newId } from '../../common/new-id.js';
import type { Caller } from '../../common/ports/caller.js';
import { TWO_FACTOR_SETTINGS, type TwoFactorSettings } from '../two-factor.options.js';

const COOKIE = 'trust_device';
/** 256 bits. */
const TOKEN_LENGTH = 43;
/** Of one user; the oldest ends. */
const MAX_DEVICES = 50;

export interface TrustedDeviceRow {
  id: string;
  hash: Buffer;
  user_agent: string | null;
  created_at: Date;
  last_used_at: Date;
  expires_at: Date;
}

const DEVICE = insertInto('auth_trusted_device', {
  id: identifier('id'),
  hash: bytes('hash'),
  subject: text('subject'),
  userAgent: orNull(text('user_agent')),
  lifetimeSeconds: secondsFromNow('expires_at'),
});
const INSERT: Statement = {
  name: 'auth_trusted_device_insert',
  text: `WITH surplus AS (DELETE FROM auth_trusted_device WHERE id IN (SELECT id FROM auth_trusted_device
           WHERE subject = ${DEVICE.parameter('subject')} ORDER BY created_at DESC OFFSET ${MAX_DEVICES - 1})) ${DEVICE.text}`,
};
const USE: Statement = {
  name: 'auth_trusted_device_use',
  text: `UPDATE auth_trusted_device SET last_used_at = now() WHERE hash = ANY($1) AND subject = $2 AND expires_at > now() RETURNING id`,
};
const LIST: Statement = {
  name: 'auth_trusted_device_list',
  text: `SELECT id, hash, user_agent, created_at, last_used_at, expires_at FROM auth_trusted_device
         WHERE subject = $1 AND expires_at > now() ORDER BY last_used_at DESC, id LIMIT ${MAX_DEVICES}`,
};
/** As text: what a client sends need not be an id. */
const REVOKE: Statement = {
  name: 'auth_trusted_device_revoke',
  text: 'DELETE FROM auth_trusted_device WHERE subject = $1 AND id::text = $2',
};
const FORGET: Statement = {
  name: 'auth_trusted_device_forget',
  text: 'DELETE FROM auth_trusted_device WHERE subject = $1',
};

/** Browsers in which a user is not asked again. Trust ends after its time, with any change of a credential, and when its user says so. */
@Injectable()
export class TrustedDevices {
  constructor(
    private readonly database: Database,
    private readonly cookies: AuthCookies,
    @Inject(TWO_FACTOR_SETTINGS) private readonly settings: TwoFactorSettings,
  ) {}

  get areOn(): boolean {
    return this.settings.trustedDevices.enabled;
  }

  get lifetimeSeconds(): number {
    return this.settings.trustedDevices.lifetimeSeconds;
  }

  /** @returns the cookie: always a new one, so that nobody can have put it there before */
  async trust(tx: Transaction, subject: string, { userAgent }: Caller): Promise<string> {
    const token = randomBase62(TOKEN_LENGTH);
    const { lifetimeSeconds } = this;
    await tx.query(INSERT, DEVICE.values({ id: newId(), hash: hashOf(token), subject, userAgent, lifetimeSeconds }));
    return this.cookies.write(COOKIE, token, lifetimeSeconds);
  }

  /** Whether this browser is trusted by this very user. */
  async areTrusted(subject: string, headers: HeaderBag): Promise<boolean> {
    const hashes = this.broughtBy(headers);
    return this.areOn && hashes.length > 0 && (await this.database.query(USE, [hashes, subject])).length > 0;
  }

  /** The last used first. */
  async list(subject: string): Promise<TrustedDeviceRow[]> {
    return this.database.query<TrustedDeviceRow>(LIST, [subject]);
  }

  /** Whether this one is the browser that asks. */
  isBroughtBy({ hash }: TrustedDeviceRow, headers: HeaderBag): boolean {
    return this.broughtBy(headers).some((one) => one.equals(hash));
  }

  async revoke(subject: string, id: string): Promise<void> {
    await this.database.query(REVOKE, [subject, id]);
  }

  async forget(executor: Executor, subject: string): Promise<void> {
    await executor.query(FORGET, [subject]);
  }

  cleared(): string[] {
    return this.cookies.clear(COOKIE);
  }

  private broughtBy(headers: HeaderBag): Buffer[] {
    return this.cookies.values(headers, COOKIE).map(hashOf);
  }
}

function hashOf(token: string): Buffer {
  return digestToBytes(sha256(token));
}
