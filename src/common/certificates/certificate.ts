import { createHash, X509Certificate } from 'node:crypto';
import { DER, contentOf, membersOf, numbered, readElement, readOid, type DerElement } from './der.js';
import { readDistinguishedName, type DistinguishedName } from './distinguished-name.js';

interface Extension {
  readonly isCritical: boolean;
  /** What its own specification says of it, encoded. */
  readonly value: DerElement;
}

/** A certificate (RFC 5280 4.1), of which names and extensions are read from its own bytes: Node's texts of them are for people. */
export class Certificate {
  /** SHA-256 of the DER, base64url: `x5t#S256` (RFC 7517 4.9, RFC 8705 3.1). */
  readonly thumbprint: string;
  private members: readonly DerElement[] | undefined;

  private constructor(
    readonly x509: X509Certificate,
    readonly der: Buffer,
  ) {
    this.thumbprint = createHash('sha256').update(der).digest('base64url');
  }

  /** @throws Error when the bytes are no certificate, or are not in DER, or more than one certificate */
  static of(der: Buffer): Certificate {
    // Node takes PEM as well, and would read what is in it.
    if (der[0] !== DER.sequence || readElement(der).whole.length !== der.length) throw new Error('it is not in DER');
    const x509 = new X509Certificate(der);
    if (!x509.raw.equals(der)) throw new Error('it is not in DER');
    return new Certificate(x509, der);
  }

  /** @throws Error when it cannot be read */
  get subject(): DistinguishedName {
    return readDistinguishedName(this.signed[4]);
  }

  /** By their identifiers. @throws Error when they cannot be read, or one is there twice (RFC 5280 4.2) */
  get extensions(): ReadonlyMap<string, Extension> {
    const found = new Map<string, Extension>();
    const all = this.signed.find(({ tag }) => tag === numbered(3));
    for (const one of all ? membersOf(readElement(all.content)) : []) {
      const [id, ...rest] = membersOf(one);
      const name = readOid(id);
      if (found.has(name)) throw new Error('an extension is there twice');
      const isCritical = rest.length === 2 && contentOf(rest[0], DER.boolean)[0] === 0xff;
      found.set(name, { isCritical, value: readElement(contentOf(rest.at(-1), DER.octetString)) });
    }
    return found;
  }

  /** Whether its dates hold (RFC 5280 4.1.2.5). */
  isValidAt(time: Date): boolean {
    const [from, to] = [Date.parse(this.x509.validFrom), Date.parse(this.x509.validTo)];
    return from <= time.getTime() && time.getTime() <= to;
  }

  /** The algorithm that it is signed by, with parameters. @throws Error when it cannot be read */
  get signatureAlgorithm(): readonly DerElement[] {
    return membersOf(membersOf(readElement(this.der))[1]);
  }

  /** The members of what is signed, as they are without a version (RFC 5280 4.1.1.1): serial number, algorithm, issuer, dates, subject … */
  private get signed(): readonly DerElement[] {
    this.members ??= membersOf(membersOf(readElement(this.der))[0]);
    // Version 1 leaves its number out.
    return this.members[0]?.tag === numbered(0) ? this.members.slice(1) : this.members;
  }
}
