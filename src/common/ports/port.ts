import type { AuthorizationServer } from './authorization-server.js';
import type { CredentialChangePort } from './credential-change.js';
import type { LinkedAccounts } from './linked-accounts.js';
import type { WaitingSignIns } from './second-factor.js';
import type { SessionTransport } from './session-transport.js';
import type { Sessions } from './sessions.js';
import type { SignInContinuation } from './sign-in-continuation.js';
import type { SignInFlow } from './sign-in-flow.js';
import type { UserDirectory } from './user-directory.js';

/** A place that one capability fills at start and others read, so that they do not depend on each other. */
export class Port<T> {
  private filling: { value: T; owner: string } | undefined;

  constructor(
    private readonly noun: string,
    private readonly remedy: string,
  ) {}

  /** @throws Error when it is already filled; stops the boot */
  fill(value: T | undefined, owner: string): void {
    if (value === undefined) return;
    if (this.filling) {
      throw new Error(
        `The ${this.noun} is given by ${this.filling.owner} and again by ${owner}. Import only one of them, once.`,
      );
    }
    this.filling = { value, owner };
  }

  get filled(): boolean {
    return this.filling !== undefined;
  }

  /** @throws Error with the remedy when it is not filled */
  get(): T {
    if (!this.filling) throw new Error(`There is no ${this.noun}. ${this.remedy}`);
    return this.filling.value;
  }
}

/** The ports that one capability fills. */
export interface PortFillings {
  readonly users?: UserDirectory;
  readonly sessions?: Sessions;
  readonly sessionTransport?: SessionTransport;
  readonly signInFlow?: SignInFlow;
  readonly credentialChanges?: CredentialChangePort;
  readonly waitingSignIns?: WaitingSignIns;
  readonly linkedAccounts?: LinkedAccounts;
  readonly authorizationServer?: AuthorizationServer;
  readonly signInContinuation?: SignInContinuation;
}

/** The ports of the kernel. */
export class HostPorts {
  readonly users = new Port<UserDirectory>(
    'user directory',
    'Enable accounts in AuthModule.forRoot, or give accounts.users your own.',
  );
  readonly sessions = new Port<Sessions>('session store', 'Enable accounts in AuthModule.forRoot.');
  readonly sessionTransport = new Port<SessionTransport>('session transport', 'Enable accounts in AuthModule.forRoot.');
  readonly signInFlow = new Port<SignInFlow>('sign-in flow', 'Enable accounts in AuthModule.forRoot.');
  readonly credentialChanges = new Port<CredentialChangePort>(
    'step of a credential change',
    'Enable accounts in AuthModule.forRoot.',
  );
  readonly waitingSignIns = new Port<WaitingSignIns>(
    'list of sign-ins that wait',
    'Enable twoFactor in AuthModule.forRoot.',
  );
  readonly linkedAccounts = new Port<LinkedAccounts>(
    'directory of linked accounts',
    'Enable accountLinking in AuthModule.forRoot.',
  );
  readonly authorizationServer = new Port<AuthorizationServer>(
    'authorization server',
    'Enable oauthProvider in AuthModule.forRoot.',
  );
  readonly signInContinuation = new Port<SignInContinuation>(
    'sign-in continuation',
    'Enable oauthProvider in AuthModule.forRoot.',
  );

  /** @throws Error when one of them is filled already; stops the boot */
  fill(fillings: PortFillings, owner: string): void {
    this.users.fill(fillings.users, owner);
    this.sessions.fill(fillings.sessions, owner);
    this.sessionTransport.fill(fillings.sessionTransport, owner);
    this.signInFlow.fill(fillings.signInFlow, owner);
    this.credentialChanges.fill(fillings.credentialChanges, owner);
    this.waitingSignIns.fill(fillings.waitingSignIns, owner);
    this.linkedAccounts.fill(fillings.linkedAccounts, owner);
    this.authorizationServer.fill(fillings.authorizationServer, owner);
    this.signInContinuation.fill(fillings.signInContinuation, owner);
  }
}
