import { resolveSeconds, type Duration } from '../common/options/duration.js';
import { choice, count, duration, flag, given, hooks, scopes } from '../common/options/option.js';
import { block, optionalBlock, readOptions, type OptionsOf, type SettingsOf } from '../common/options/read-options.js';
import type { AccountsHooks, AccountsOptions } from './accounts.options.js';

const DAY_SECONDS = 86_400;

export const ACCOUNTS_OPTIONS = {
  users: given(['function', 'block']),
  signUp: block({ enabled: flag(true), autoSignIn: flag(true) }),
  requireEmailVerification: flag(false),
  emailVerification: block({
    sendOnSignUp: flag(),
    sendOnSignIn: flag(false),
    autoSignIn: flag(false),
    lifetime: duration({ fallback: '1h', min: 300, max: DAY_SECONDS }),
  }),
  password: block({
    minLength: given('number', 8),
    maxLength: given('number', 128),
    isCompromised: given<NonNullable<NonNullable<AccountsOptions['password']>['isCompromised']>>('function'),
  }),
  passwordReset: block({
    lifetime: duration({ fallback: '1h', min: 300, max: DAY_SECONDS }),
    endSessions: flag(true),
    endApiKeys: flag(false),
  }),
  changeEmail: block({
    enabled: flag(true),
    lifetime: duration({ fallback: '1h', min: 300, max: DAY_SECONDS }),
    undoLifetime: duration({ fallback: '3d', min: 3_600, max: 30 * DAY_SECONDS }),
  }),
  deleteUser: block({
    confirmByMail: flag(false),
    lifetime: duration({ fallback: '1h', min: 300, max: DAY_SECONDS }),
  }),
  notices: block({ newSignIn: flag(true) }),
  magicLink: block({
    enabled: flag(false),
    disableSignUp: flag(false),
    lifetime: duration({ fallback: '5m', min: 60, max: 3_600 }),
  }),
  emailCode: block({
    enabled: flag(false),
    disableSignUp: flag(false),
    lifetime: duration({ fallback: '5m', min: 60, max: 900 }),
  }),
  session: block({
    expiresIn: duration({ fallback: '7d', min: 60, max: 400 * DAY_SECONDS }),
    updateAge: given<Duration>('duration'),
    freshAge: duration({ fallback: '1d', min: 0, max: 400 * DAY_SECONDS }),
    maxPerUser: count({ fallback: 100, min: 1, max: 10_000 }),
    scopes: scopes([]),
  }),
  roles: given<readonly string[]>('texts'),
  administrators: optionalBlock({
    roles: given<readonly string[]>('texts'),
    impersonation: duration({ fallback: '1h', min: 60, max: DAY_SECONDS / 2 }),
  }),
  oneTimeToken: block({
    clientRequests: flag(true),
    inCallback: choice(['none', 'apps', 'all'], 'none'),
  }),
  hooks: hooks<AccountsHooks>({
    beforeSignUp: 'function',
    beforeSignIn: 'function',
    resolveScopes: 'function',
    resolveRoles: 'function',
  }),
} satisfies OptionsOf<AccountsOptions>;

type Given = SettingsOf<typeof ACCOUNTS_OPTIONS>;

/** What `resolveAccountsOptions` makes of the above: nothing optional, frozen. */
export interface AccountsSettings extends Omit<Given, 'session'> {
  readonly session: Omit<Given['session'], 'updateAge'> & { readonly updateAgeSeconds: number };
}

export const ACCOUNTS_SETTINGS = Symbol('nest-authority:accounts-settings');

/** @throws Error with option and remedy; stops the boot */
export function resolveAccountsOptions(options: AccountsOptions | undefined): AccountsSettings {
  const settings = readOptions('accounts', options, ACCOUNTS_OPTIONS);
  const { minLength, maxLength } = settings.password;
  if (
    !Number.isInteger(minLength) ||
    minLength < 8 ||
    !Number.isInteger(maxLength) ||
    maxLength < minLength ||
    maxLength > 1_024
  )
    throw new Error(
      'accounts.password: minLength must be at least 8 (ASVS 6.2.1) and maxLength between minLength and 1024.',
    );
  requireRoles('accounts.roles', settings.roles ?? []);
  requireRoles('accounts.administrators.roles', settings.administrators?.roles ?? []);
  if (settings.administrators && !settings.administrators.roles?.length)
    throw new Error("accounts.administrators.roles: give at least one role, such as 'admin'.");
  const { updateAge, ...session } = settings.session;
  const updateAgeSeconds = resolveSeconds(
    'accounts.session.updateAge',
    updateAge ?? Math.min(DAY_SECONDS, session.expiresInSeconds),
    { min: 0, max: session.expiresInSeconds },
  );
  return Object.freeze({ ...settings, session: Object.freeze({ ...session, updateAgeSeconds }) });
}

/** Without commas, by which better-auth's wire parts them. */
const ROLE = /^[^\s,](?:[^\p{Cc},]{0,62}[^\s,])?$/u;

/** Whether a role may have this name. */
export function isRole(text: string): boolean {
  return ROLE.test(text);
}

/** @throws Error with option, fault and remedy */
function requireRoles(option: string, roles: readonly string[]): void {
  const bad = roles.find((role) => !isRole(role));
  if (bad !== undefined)
    throw new Error(`${option}: ${JSON.stringify(bad)} is no role. Give 1 to 64 characters without commas.`);
}
