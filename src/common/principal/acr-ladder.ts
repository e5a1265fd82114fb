/** What a host calls each strength of a sign-in (`acr`, OIDC Core 2), the weakest first. */
export interface AcrNames {
  /** One factor that we have seen; whom an outside issuer vouches for has none here. */
  readonly password: string;
  /** Two factors. */
  readonly multiFactor: string;
  /** A key that no other site can have asked for, and that has verified its user. */
  readonly phishingResistant: string;
}

export const DEFAULT_ACR_NAMES: AcrNames = {
  password: 'urn:nest-authority:acr:pwd',
  multiFactor: 'urn:nest-authority:acr:mfa',
  phishingResistant: 'urn:nest-authority:acr:phr',
};

const KEYS = ['hwk', 'swk'];

/** Below the ladder: somebody signed in, and nothing is known of how (OIDC Core 2). Every sign-in suffices for it. */
export const UNKNOWN_ACR = '0';

/** Which strength methods of sign-in have (`amr`, RFC 8176), and which suffices for which. */
export class AcrLadder {
  /** The weakest first. */
  readonly names: readonly string[];
  private readonly steps: readonly string[];

  constructor({ password, multiFactor, phishingResistant }: AcrNames) {
    this.names = Object.freeze([password, multiFactor, phishingResistant]);
    this.steps = [UNKNOWN_ACR, ...this.names];
  }

  /** The strength of a sign-in by these methods; null: nothing is known of it. */
  of(methods: readonly string[]): string | null {
    if (methods.length === 0) return null;
    if (methods.includes('user') && KEYS.some((key) => methods.includes(key))) return this.names[2]!;
    return this.names[methods.includes('mfa') ? 1 : 0]!;
  }

  /** Whether a strength is one of those that are wanted, or a higher one. Names that are not on the ladder suffice for themselves only. */
  suffices(reached: string | null, wanted: readonly string[]): boolean {
    return reached !== null && wanted.some((name) => name === reached || this.isBelow(name, reached));
  }

  private isBelow(name: string, other: string): boolean {
    const rank = this.steps.indexOf(name);
    return rank >= 0 && rank < this.steps.indexOf(other);
  }
}
