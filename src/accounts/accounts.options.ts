import type { Type } from '@nestjs/common';
import { resolveSeconds, type Duration } from '../common/options/duration.js';
import { requireKnownKeys } from '../common/options/known-keys.js';
import { isScopeToken } from '../common/principal/scopes.js';
import type { HostUser, NewHostUser, UserDirectory } from '../common/host/user-directory.js';
import { requireKinds, type OptionKinds } from '../common/options/option-kinds.js';

/** E-mail sign-up and sign-in, and sessions. */
export interface AccountsOptions {
  /**
   * Where users live. Default: a table of ours (`auth_user`). A class (made by Nest) or an object of the host's: then there is no table
   * of ours for users, and migrations and entities of `users` are not needed.
   */
  readonly users?: Type<UserDirectory> | UserDirectory;
  readonly signUp?: {
    /** Anybody may make an account. Default true. */
    readonly enabled?: boolean;
    /** Starts a session at sign-up. Default true. */
    readonly autoSignIn?: boolean;
  };
  /** Refuses sign-in until `emailVerified`. Default false. */
  readonly requireEmailVerification?: boolean;
  readonly password?: {
    /** Characters. Default 8, which is the least. */
    readonly minLength?: number;
    /** Characters. Default 128, at most 1024. */
    readonly maxLength?: number;
  };
  readonly session?: {
    /** Life of a session that is not used. Default `'7d'`, 1 minute to 400 days. */
    readonly expiresIn?: Duration;
    /** A session older than this since its last extension is extended when used. Default `'1d'`, or `expiresIn` when shorter. */
    readonly updateAge?: Duration;
    /** How long after sign-in sensitive routes may be used. Default `'1d'`, 0 turns the check off. */
    readonly freshAge?: Duration;
    /** Sessions that one user may have at a time: when one more starts, the oldest ends. Default 100, 1 to 10000. */
    readonly maxPerUser?: number;
    /** Scopes of a first-party session and of the tokens made from it. Default: none. */
    readonly scopes?: readonly string[];
  };
  /** Hands sessions to apps and sites that cannot keep our cookie, by a token that is good once and for 60 seconds. */
  readonly oneTimeToken?: {
    /** Signed-in callers may ask for one (`/one-time-token/generate`). False leaves that to host code (`OneTimeTokens`). Default true. */
    readonly clientRequests?: boolean;
    /**
     * Which callback addresses a sign-in gives one to, as the parameter `ott`: `apps` those of own schemes (`myapp://callback`), `all` also those
     * on other origins than the issuer's. Default `none`: whoever reads the address in time has the session.
     */
    readonly inCallback?: 'none' | 'apps' | 'all';
  };
  readonly hooks?: AccountsHooks;
}

/** Run inside the flow; throw an AuthError to veto. */
export interface AccountsHooks {
  beforeSignUp?(user: Omit<NewHostUser, 'password'>): void | Promise<void>;
  beforeSignIn?(user: HostUser): void | Promise<void>;
  /** Replaces `session.scopes` for this user. */
  resolveScopes?(user: HostUser): readonly string[] | Promise<readonly string[]>;
}

export interface AccountsSettings {
  readonly users: Type<UserDirectory> | UserDirectory | null;
  readonly signUp: { readonly enabled: boolean; readonly autoSignIn: boolean };
  readonly requireEmailVerification: boolean;
  readonly password: { readonly minLength: number; readonly maxLength: number };
  readonly session: {
    readonly expiresInSeconds: number;
    readonly updateAgeSeconds: number;
    readonly freshAgeSeconds: number;
    readonly maxPerUser: number;
    readonly scopes: readonly string[];
  };
  readonly oneTimeToken: { readonly clientRequests: boolean; readonly inCallback: 'none' | 'apps' | 'all' };
  readonly hooks: AccountsHooks;
}

export const ACCOUNTS_SETTINGS = Symbol('nest-authority:accounts-settings');

const KINDS: OptionKinds<AccountsOptions> = {
  users: ['function', 'block'],
  signUp: 'block',
  requireEmailVerification: 'flag',
  password: 'block',
  session: 'block',
  oneTimeToken: 'block',
  hooks: 'block',
};
const SESSION_KINDS: OptionKinds<NonNullable<AccountsOptions['session']>> = {
  expiresIn: 'duration',
  updateAge: 'duration',
  freshAge: 'duration',
  maxPerUser: 'number',
  scopes: 'texts',
};
const HOOK_KINDS: OptionKinds<AccountsHooks> = {
  beforeSignUp: 'function',
  beforeSignIn: 'function',
  resolveScopes: 'function',
};
const DAY_SECONDS = 86_400;

/** @throws Error with option and remedy; stops the boot */
export function resolveAccountsOptions(options: AccountsOptions | undefined): AccountsSettings {
  requireKnownOptions(options);
  const password = { minLength: options?.password?.minLength ?? 8, maxLength: options?.password?.maxLength ?? 128 };
  if (
    !Number.isInteger(password.minLength) ||
    password.minLength < 8 ||
    !Number.isInteger(password.maxLength) ||
    password.maxLength < password.minLength ||
    password.maxLength > 1_024
  ) {
    throw new Error(
      'accounts.password: minLength must be at least 8 (ASVS 6.2.1) and maxLength between minLength and 1024.',
    );
  }
  const scopes = options?.session?.scopes ?? [];
  const bad = scopes.find((scope) => !isScopeToken(scope));
  if (bad !== undefined)
    throw new Error(
      `accounts.session.scopes: ${JSON.stringify(bad)} is no scope. Use printable ASCII without spaces and quotes (RFC 6749 3.3).`,
    );
  const expiresInSeconds = resolveSeconds(
    'accounts.session.expiresIn',
    options?.session?.expiresIn ?? 7 * DAY_SECONDS,
    { min: 60, max: 400 * DAY_SECONDS },
  );
  return Object.freeze({
    users: options?.users ?? null,
    signUp: Object.freeze({
      enabled: options?.signUp?.enabled ?? true,
      autoSignIn: options?.signUp?.autoSignIn ?? true,
    }),
    requireEmailVerification: options?.requireEmailVerification ?? false,
    password: Object.freeze(password),
    session: Object.freeze({
      expiresInSeconds,
      updateAgeSeconds: resolveSeconds(
        'accounts.session.updateAge',
        options?.session?.updateAge ?? Math.min(DAY_SECONDS, expiresInSeconds),
        { min: 0, max: expiresInSeconds },
      ),
      freshAgeSeconds: resolveSeconds('accounts.session.freshAge', options?.session?.freshAge ?? DAY_SECONDS, {
        min: 0,
        max: 400 * DAY_SECONDS,
      }),
      maxPerUser: resolveMaxPerUser(options?.session?.maxPerUser),
      scopes: Object.freeze([...scopes]),
    }),
    oneTimeToken: resolveOneTimeToken(options?.oneTimeToken),
    hooks: options?.hooks ?? {},
  });
}

function resolveMaxPerUser(given = 100): number {
  if (!Number.isInteger(given) || given < 1 || given > 10_000)
    throw new Error(`accounts.session.maxPerUser: ${given} is no number of sessions. Give a whole number, 1 to 10000.`);
  return given;
}

function resolveOneTimeToken(given: AccountsOptions['oneTimeToken']): AccountsSettings['oneTimeToken'] {
  const inCallback = given?.inCallback ?? 'none';
  if (!['none', 'apps', 'all'].includes(inCallback))
    throw new Error(
      `accounts.oneTimeToken.inCallback: ${JSON.stringify(inCallback)} is not known. Give 'none', 'apps' or 'all'.`,
    );
  return Object.freeze({ clientRequests: given?.clientRequests ?? true, inCallback });
}

function requireKnownOptions(options: AccountsOptions | undefined): void {
  const blocks = [
    'users',
    'signUp',
    'requireEmailVerification',
    'password',
    'session',
    'oneTimeToken',
    'hooks',
  ] as const;
  requireKnownKeys('accounts', options, blocks);
  requireKinds('accounts', options, KINDS);
  requireKinds('accounts.signUp', options?.signUp, { enabled: 'flag', autoSignIn: 'flag' });
  requireKinds('accounts.password', options?.password, { minLength: 'number', maxLength: 'number' });
  requireKinds('accounts.session', options?.session, SESSION_KINDS);
  requireKinds('accounts.oneTimeToken', options?.oneTimeToken, { clientRequests: 'flag', inCallback: 'text' });
  requireKinds('accounts.hooks', options?.hooks, HOOK_KINDS);
  requireKnownKeys('accounts.oneTimeToken', options?.oneTimeToken, ['clientRequests', 'inCallback']);
  requireKnownKeys('accounts.signUp', options?.signUp, ['enabled', 'autoSignIn']);
  requireKnownKeys('accounts.password', options?.password, ['minLength', 'maxLength']);
  requireKnownKeys('accounts.session', options?.session, [
    'expiresIn',
    'updateAge',
    'freshAge',
    'maxPerUser',
    'scopes',
  ]);
}
