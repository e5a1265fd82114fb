/** What a host calls each strength of a sign-in (`acr`, OIDC Core 2), the weakest first. */
export interface AcrNames {
  /** Something that the user knows, or that an outside issuer vouches for. */
  readonly password: string;
  /** Two factors. */
  readonly multiFactor: string;
  /** A key that no other site can have asked for, and that has verified its user. */
  readonly phishingResistant: string;
}

const KEYS = ['hwk', 'swk'];

/** Which strength methods of sign-in have (`amr`, RFC 8176), and which suffices for which. */
export class AcrLadder {
  /** The weakest first. */
  readonly names: readonly string[];

  constructor({ password, multiFactor, phishingResistant }: AcrNames) {
    this.names = Object.freeze([password, multiFactor, phishingResistant]);
  }

  /** The strength of a sign-in by these methods; null: nothing is known of it. */
  of(methods: readonly string[]): string | null {
    if (methods.length === 0) return null;
    if (methods.includes('user') && KEYS.some((key) => methods.includes(key))) return this.names[2]!;
    return this.names[methods.includes('mfa') ? 1 : 0]!;
  }

  /** Whether a strength is one of those that are wanted, or a higher one. Names that are not on the ladder suffice for themselves only. */
  suffices(reached: string | null, wanted: readonly string[]): boolean {
    if (reached === null) return false;
    const rank = this.names.indexOf(reached);
    return wanted.some((name) => name === reached || (rank >= 0 && isBelow(this.names.indexOf(name), rank)));
  }
}

function isBelow(rank: number, other: number): boolean {
  return rank >= 0 && rank < other;
}
