import type { Type } from '@nestjs/common';
import type { HostUser, NewHostUser, UserDirectory } from '../common/ports/user-directory.js';
import type { Duration } from '../common/options/duration.js';

/** E-mail sign-up and sign-in, and sessions. */
export interface AccountsOptions {
  /**
   * Where users live: a class (made by Nest) or an object of the host's. Then the migrations and entities of `users` are not needed. Default:
   * our own table (`auth_user`).
   */
  readonly users?: Type<UserDirectory> | UserDirectory;
  readonly signUp?: {
    /** Anybody may create an account. Default true. */
    readonly enabled?: boolean;
    /** Starts a session at sign-up. Default true. */
    readonly autoSignIn?: boolean;
  };
  /** Refuses sign-in until the address was verified: by our link where `mail` is given, or by your code. Default false. */
  readonly requireEmailVerification?: boolean;
  /** Links by which users show that an address is theirs. On where `mail` is given. */
  readonly emailVerification?: {
    /** Sends one at sign-up. Default: as `requireEmailVerification`. */
    readonly sendOnSignUp?: boolean;
    /** Sends one when somebody with the right password is refused because of it. Default false. */
    readonly sendOnSignIn?: boolean;
    /** Also signs in, in the browser that has signed up. Default false. */
    readonly autoSignIn?: boolean;
    /** How long a link is good, from when it was sent. Default `'1h'`, 5 minutes to 1 day. */
    readonly lifetime?: Duration;
  };
  readonly password?: {
    /** Characters. Default 8, which is the least. */
    readonly minLength?: number;
    /** Characters. Default 128, at most 1024. */
    readonly maxLength?: number;
    /**
     * Asks a service whether a password is known from a breach; true refuses it. Where it fails or takes longer than 10 seconds, the password
     * is not set, and the answer is 503. The 10,000 most common ones are refused in any case. Default: nobody is asked.
     */
    readonly isCompromised?: (password: string) => boolean | Promise<boolean>;
  };
  /** A new password by a link to the user's address. On where `mail` is given. */
  readonly passwordReset?: {
    /** How long a link is good, from when it was sent. Default `'1h'`, 5 minutes to 1 day. */
    readonly lifetime?: Duration;
    /** Ends all sessions and tokens of the user. Default true. */
    readonly endSessions?: boolean;
    /**
     * Also revokes the API keys of the user. Default false. Where nobody had verified the address before, they are revoked in any case, linked
     * accounts removed and sessions ended: a stranger may have made the account.
     */
    readonly endApiKeys?: boolean;
  };
  /** Another address, by links to the present one (where it is verified) and to the new one. On where `mail` is given. */
  readonly changeEmail?: {
    /** False: addresses stay as they are. Default true. */
    readonly enabled?: boolean;
    /** How long a link is good, from when it was sent. Default `'1h'`, 5 minutes to 1 day. */
    readonly lifetime?: Duration;
    /** How long the link is good by which the owner of the old address takes a change back. Default `'3d'`, 1 hour to 30 days. */
    readonly undoLifetime?: Duration;
  };
  /** How users delete their account. */
  readonly deleteUser?: {
    /** Only by a link to their address, besides the password or a fresh session. Needs `mail`. Default false. */
    readonly confirmByMail?: boolean;
    /** How long a link is good, from when it was sent. Default `'1h'`, 5 minutes to 1 day. */
    readonly lifetime?: Duration;
  };
  /** Messages about what users should hear of. A change of password, address or second factor is told in any case. */
  readonly notices?: {
    /** A sign-in from a kind of device from which the user has not signed in before. Default true; without effect where `mail` is not given. */
    readonly newSignIn?: boolean;
  };
  /** Sign-in by a link to the user's address. Needs `mail`. */
  readonly magicLink?: {
    /** Default false. */
    readonly enabled?: boolean;
    /** Only users get a link. Default false: whoever opens one becomes a user, where `signUp.enabled` lets them. */
    readonly disableSignUp?: boolean;
    /** How long a link is good, from when it was sent. Default `'5m'`, 1 minute to 1 hour. */
    readonly lifetime?: Duration;
  };
  /** Six digits to the user's address, by which they sign in, verify the address, set a password or change the address. Needs `mail`. */
  readonly emailCode?: {
    /** Default false. */
    readonly enabled?: boolean;
    /** Only users get a code. Default false: as for links. */
    readonly disableSignUp?: boolean;
    /** How long a code is good, from when it was sent. Default `'5m'`, 1 to 15 minutes. */
    readonly lifetime?: Duration;
  };
  readonly session?: {
    /** Lifetime of a session that is not used. Default `'7d'`, 1 minute to 400 days. */
    readonly expiresIn?: Duration;
    /**
     * A session is extended when it is used and its last extension is older than this; 0: at every use. Default `'1d'`, or `expiresIn` when
     * shorter.
     */
    readonly updateAge?: Duration;
    /**
     * How long after a proof of who they are (a sign-in, `/verify-password`) users may list sessions, unlink accounts, add and
     * remove passkeys, change their address, set a first password, give permissions to keys, and delete themselves without a password. Default `'1d'`, 0 turns the check off.
     */
    readonly freshAge?: Duration;
    /**
     * Sessions that one user may have at a time: when one more starts, the oldest ends with its tokens. Two that start at the same moment may
     * exceed this by one until the next sign-in. Default 100, 1 to 10000.
     */
    readonly maxPerUser?: number;
    /** Scopes of a first-party session and of the tokens made from it, for `@Scopes` to check. Default: none. */
    readonly scopes?: readonly string[];
  };
  /**
   * The roles that users may be given, besides those of `administrators`. Default: any by host code, by the routes of administrators none
   * else.
   */
  readonly roles?: readonly string[];
  /**
   * Who may administer users by the routes of better-auth's admin plugin (`/admin/list-users` …). Without it they do not exist. Independent
   * of `administration.guard`, which opens the pages.
   */
  readonly administrators?: {
    /** Whoever is signed in with one of these roles. At least one. */
    readonly roles: readonly string[];
    /** How long one may act as a user, at most. Default `'1h'`, 1 minute to 12 hours. */
    readonly impersonation?: Duration;
  };
  /** Hands sessions to apps and sites that cannot keep our cookie, by a token that is good once and for 60 seconds. */
  readonly oneTimeToken?: {
    /** Signed-in callers may ask for one (`/one-time-token/generate`). False leaves that to host code (`OneTimeTokens`). Default true. */
    readonly clientRequests?: boolean;
    /**
     * Which callback addresses of a sign-in get such a token, as the parameter `ott`: `apps` those with a scheme of their own
     * (`myapp://callback`), `all` also those on other origins than the issuer's. Default `none`, since anyone who reads the address in time
     * gets the session.
     */
    readonly inCallback?: 'none' | 'apps' | 'all';
  };
  readonly hooks?: AccountsHooks;
}

/** Run inside the flow; throw an AuthError to veto. */
export interface AccountsHooks {
  /** Throws to refuse a new user. */
  beforeSignUp?(user: Omit<NewHostUser, 'password'>): void | Promise<void>;
  /** Throws to refuse a sign-in. */
  beforeSignIn?(user: HostUser): void | Promise<void>;
  /** Replaces `session.scopes` for this user. */
  resolveScopes?(user: HostUser): readonly string[] | Promise<readonly string[]>;
  /** What `@Roles` asks for, of users whose roles are kept elsewhere. Replaces `roles` of the user. Asked at each sign-in. */
  resolveRoles?(user: HostUser): readonly string[] | Promise<readonly string[]>;
}
