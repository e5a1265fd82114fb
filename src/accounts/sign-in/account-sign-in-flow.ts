import { Inject, Injectable } from '@nestjs/common';
import { AuthError } from '../../common/errors/auth-error.js';
import { Extensions } from '../../common/extensions.js';
import { requireCallbackUrl } from '../../common/http/origins/callback-url.js';
import { TrustedOrigins } from '../../common/http/origins/trusted-origins.js';
import { AuthRoutes } from '../../common/http/routes/auth-routes.js';
import { isLoopbackHost } from '../../common/loopback-host.js';
import { CORE_SETTINGS, type CoreSettings } from '../../common/options/core-options.js';
import { HostPorts } from '../../common/ports/port.js';
import { isDue, type SignInOutcome } from '../../common/ports/second-factor.js';
import type { SessionStart, StartedSession } from '../../common/ports/sessions.js';
import type { SignInFlow, SignInPageOptions } from '../../common/ports/sign-in-flow.js';
import type { HostUser, NewHostUser, UserDirectory } from '../../common/ports/user-directory.js';
import { ACCOUNTS_SETTINGS, type AccountsSettings } from '../accounts.settings.js';
import { OneTimeTokens } from '../one-time-tokens/one-time-tokens.js';
import { SessionStarts } from '../sessions/session.starts.js';

/** Parameter of the callback address that carries a one-time token. */
const ONE_TIME_TOKEN = 'ott';

/** The steps that sign-in by password shares with the ways of other capabilities: the page, the host's checks, the session, the way back. */
@Injectable()
export class AccountSignInFlow implements SignInFlow {
  constructor(
    private readonly ports: HostPorts,
    private readonly starts: SessionStarts,
    private readonly extensions: Extensions,
    private readonly oneTimeTokens: OneTimeTokens,
    private readonly routes: AuthRoutes,
    private readonly origins: TrustedOrigins,
    @Inject(CORE_SETTINGS) private readonly core: CoreSettings,
    @Inject(ACCOUNTS_SETTINGS) private readonly settings: AccountsSettings,
  ) {}

  signInUrl(continueTo: string, { loginHint, uiLocales, acr = [], signUp = false }: SignInPageOptions = {}): string {
    const query = new URLSearchParams({
      continue: continueTo,
      ...(loginHint && { login_hint: loginHint }),
      ...(uiLocales && { ui_locales: uiLocales }),
      ...(acr.length > 0 && { acr_values: acr.join(' ') }),
    });
    const page = signUp && this.canSignUp ? 'sign-up' : 'sign-in';
    return `${this.routes.publicPathOf(`/${page}`)}?${query}`;
  }

  /** Whether users sign up with a password. */
  get canSignUp(): boolean {
    return this.settings.signUp.enabled && this.ports.users.get().create !== undefined;
  }

  /** @returns what makes a user. @throws AuthError 400 `EMAIL_PASSWORD_SIGN_UP_DISABLED` */
  requireSignUp(): NonNullable<UserDirectory['create']> {
    const users = this.ports.users.get();
    if (!this.settings.signUp.enabled || !users.create)
      throw AuthError.badRequest('EMAIL_PASSWORD_SIGN_UP_DISABLED', 'Email and password sign up is not enabled');
    return users.create.bind(users);
  }

  async requireMaySignUp(draft: Omit<NewHostUser, 'password'>): Promise<void> {
    await this.settings.hooks.beforeSignUp?.(draft);
  }

  async start(user: HostUser, start: Omit<SessionStart, 'subjectId'>): Promise<SignInOutcome> {
    await this.starts.requireMaySignIn(user);
    return this.begin(user, start);
  }

  /** As `start`, for a user who has just signed up: whether they may, was asked then. */
  async begin(user: HostUser, start: Omit<SessionStart, 'subjectId'>): Promise<SignInOutcome> {
    for (const extension of this.extensions.all) {
      const factor = await extension.secondFactor?.(user, start);
      if (factor) return this.starts.postpone(user, start, factor);
    }
    return this.starts.startFor(user, start);
  }

  async complete(user: HostUser, start: Omit<SessionStart, 'subjectId'>): Promise<StartedSession> {
    await this.starts.requireMaySignIn(user);
    return this.starts.startFor(user, start);
  }

  /** Asks again whether the address is trusted: the check when the way there began may be minutes old. */
  async sendBack(outcome: SignInOutcome, callbackUrl: string): Promise<string> {
    if (isDue(outcome)) return outcome.pageUrl(callbackUrl);
    const { session } = outcome;
    if (!this.takesOneTimeToken(callbackUrl) || !(await this.isTrusted(callbackUrl))) return callbackUrl;
    const token = await this.oneTimeTokens.make({ sessionId: session.id, subjectId: session.userId });
    if (token === null) return callbackUrl;
    const url = new URL(callbackUrl);
    // Replaces one that the maker of the address may have put there.
    url.searchParams.set(ONE_TIME_TOKEN, token);
    return url.href;
  }

  private takesOneTimeToken(address: string): boolean {
    const { inCallback } = this.settings.oneTimeToken;
    if (inCallback === 'none' || !URL.canParse(address)) return false;
    const { protocol, origin, hostname } = new URL(address);
    if (!/^https?:$/.test(protocol)) return true;
    // Our own origin has the cookie; without TLS anybody on the way would have the token.
    const isSafe = protocol === 'https:' || isLoopbackHost(hostname);
    return inCallback === 'all' && isSafe && origin !== this.core.issuerUrl.origin;
  }

  private async isTrusted(address: string): Promise<boolean> {
    return requireCallbackUrl(address, this.origins).then(
      () => true,
      () => false,
    );
  }
}
