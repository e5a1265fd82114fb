import { createHmac, hash, hkdfSync } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { v4 } from 'uuid';
import { CORE_SETTINGS, type CoreSettings } from '../../common/options/core-options.js';
import { mintToken, isWellFormedToken } from '../../common/tokens/token-format.js';
import {
  API_KEYS_SETTINGS,
  type ApiKeysSettings,
  type ConfigurationSettings,
  type ApiKeyFormat,
} from '../api-keys.settings.js';
import type { MintedApiKey } from './api-key.columns.js';
import { newId } from '../../common/new-id.js';

const START_LENGTH = 4;
/** better-auth's keys: any prefix and 64 letters, without a checksum. */
const LEGACY_KEY = /^[A-Za-z0-9_-]{0,32}[A-Za-z]{64}$/;

/** Makes, recognises and digests the secrets of keys. */
@Injectable()
export class ApiKeySecrets {
  private readonly hmacKeys: readonly Buffer[];
  private readonly orderKey: Buffer;

  constructor(
    @Inject(API_KEYS_SETTINGS) private readonly settings: ApiKeysSettings,
    @Inject(CORE_SETTINGS) private readonly core: CoreSettings,
  ) {
    this.hmacKeys = core.secrets.map((secret) =>
      Buffer.from(hkdfSync('sha256', secret, 'nest-authority', 'api keys', 32)),
    );
    this.orderKey = Buffer.from(hkdfSync('sha256', core.secrets[0]!, 'nest-authority', 'api key orders', 32));
  }

  /**
   * A new secret, and what is stored of it. `key` is its only copy in plain text.
   * @param order of which the same key is made each time (KeyConditions); of our own secret as well, so that it alone makes no key
   */
  mint(configuration: ConfigurationSettings, order?: string): { key: string; stored: MintedApiKey } {
    const { prefix, keyLength, hashAlgorithm } = configuration;
    const source = order === undefined ? undefined : this.sourceFor(order);
    const id = source ? v4({ random: source(16) }) : newId();
    const key = mintToken(lead(prefix), keyLength, source);
    const stored = {
      id,
      hash: this.digest(key, hashAlgorithm),
      prefix,
      start: key.slice(0, prefix.length + START_LENGTH),
    };
    return { key, stored };
  }

  /** The format with the longest prefix that the text begins with. No look-up. */
  formatOf(text: string): ApiKeyFormat | undefined {
    return this.settings.formats.find(({ prefix }) => text.startsWith(prefix));
  }

  /** Whether the text can be a key at all: prefix, alphabet, length, checksum. Garbage costs no query (T020). */
  isWellFormed(text: string): boolean {
    const first = this.formatOf(text);
    if (!first) return this.core.legacyCredentials && LEGACY_KEY.test(text);
    const sameLead = this.settings.formats.filter(({ prefix }) => prefix === first.prefix);
    if (sameLead.some(({ prefix, keyLength }) => isWellFormedToken(text, lead(prefix), keyLength))) return true;
    return this.core.legacyCredentials && LEGACY_KEY.test(text);
  }

  /** Digests under every algorithm in use, so that old keys stay valid after a change of algorithm or secret. */
  digests(key: string): Buffer[] {
    return [
      hash('sha256', key, 'buffer'),
      hash('sha512', key, 'buffer'),
      ...this.hmacKeys.map((secret) => createHmac('sha256', secret).update(key).digest()),
    ];
  }

  private sourceFor(order: string): (bytes: number) => Buffer {
    const seed = createHmac('sha256', this.orderKey).update(order).digest();
    let part = 0;
    return (bytes) => Buffer.from(hkdfSync('sha256', seed, '', `part ${part++}`, bytes));
  }

  private digest(key: string, algorithm: ConfigurationSettings['hashAlgorithm']): Buffer {
    if (algorithm === 'hmac') return createHmac('sha256', this.hmacKeys[0]!).update(key).digest();
    return hash(algorithm, key, 'buffer');
  }
}

/** The token format adds the underscore itself. */
function lead(prefix: string): string {
  return prefix.slice(0, -1);
}
