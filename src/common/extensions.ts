import type { Extension } from './extension.js';
import type { AreaPage } from './http/areas/area-sections.js';
import type { Grant, TokenExchanger } from './grants/grant.js';
import type { Authenticator } from './guards/authenticator.js';
import type { MailComposer } from './mail/mail-composer.js';
import type { HostPorts } from './ports/port.js';
import type { SubjectTokenReader } from './ports/subject-token.js';
import type { SweepTask } from './sweeper/sweeper.js';
import type { BearerTokenReader } from './tokens/bearer-token-reader.js';

/** All extensions, each list in the order they were added. Frozen at bootstrap, so that nothing is added while requests run. */
export class Extensions {
  readonly all: readonly Extension[] = [];
  readonly authenticators: readonly Authenticator[] = [];
  readonly bearerReaders: readonly BearerTokenReader[] = [];
  readonly grants: readonly Grant[] = [];
  readonly subjectTokens: readonly SubjectTokenReader[] = [];
  readonly tokenExchangers: readonly TokenExchanger[] = [];
  readonly mails: readonly MailComposer[] = [];
  readonly sweeps: readonly SweepTask[] = [];
  readonly pages: readonly AreaPage[] = [];

  constructor(private readonly ports: HostPorts) {}

  /** @throws Error when a name is taken, a port is filled, or the application has already started; stops the boot */
  add(extension: Extension): void {
    const {
      name,
      ports = {},
      authenticators,
      bearerReaders,
      grants,
      subjectTokens,
      tokenExchangers,
      mails,
      sweeps,
      pages,
    } = Object.freeze(extension);
    if (Object.isFrozen(this))
      throw new Error(
        `The capability "${name}" was added after the application had started. Add it in a constructor or in onModuleInit.`,
      );
    Object.assign(this, {
      all: joined('capability', (one) => one.name, this.all, [extension]),
      authenticators: joined('authenticator', (one) => one.scheme, this.authenticators, authenticators),
      bearerReaders: joined('bearer token reader', (one) => one.credentialType, this.bearerReaders, bearerReaders),
      grants: joined('grant', (one) => one.grantType, this.grants, grants),
      subjectTokens: joined('subject token reader', (one) => one.tokenType, this.subjectTokens, subjectTokens),
      tokenExchangers: joined(
        'token exchanger',
        (one) => one.requestedTokenType,
        this.tokenExchangers,
        tokenExchangers,
      ),
      mails: joined('mail', (one) => one.kind, this.mails, mails),
      sweeps: joined('sweep', (one) => one.name, this.sweeps, sweeps),
      pages: joined('page', (one) => one.path, this.pages, pages),
    } satisfies Partial<Extensions>);
    this.ports.fill(ports, name);
  }

  /** Whether a capability of this name was added. */
  has(name: string): boolean {
    return this.all.some((extension) => extension.name === name);
  }

  freeze(): void {
    Object.freeze(this);
  }
}

function joined<T>(noun: string, nameOf: (part: T) => string, known: readonly T[], added: readonly T[] = []) {
  const parts = [...known, ...added];
  const names = parts.map(nameOf);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined)
    throw new Error(
      `The ${noun} "${twice}" is registered twice. Import its module once: either AuthModule.forRoot({ … }) or the single capability's forRoot().`,
    );
  return Object.freeze(parts);
}
