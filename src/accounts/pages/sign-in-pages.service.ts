import { Inject, Injectable } from '@nestjs/common';
import { AuthError } from '../../common/errors/auth-error.js';
import { Extensions } from '../../common/extensions.js';
import type { Caller } from '../../common/ports/caller.js';
import { HostPorts } from '../../common/ports/port.js';
import type { SignInOutcome } from '../../common/ports/second-factor.js';
import type { SignInPageContent } from '../../common/ports/sign-in-page.js';
import { AuthRoutes } from '../../common/http/routes/auth-routes.js';
import { onwardAfterForm } from '../../common/http/pages/onward.js';
import type { HttpReply } from '../../common/http/request/reply.js';
import { TrustedOrigins } from '../../common/http/origins/trusted-origins.js';
import { ACCOUNTS_SETTINGS, type AccountsSettings } from '../accounts.settings.js';
import { VerificationOrders } from '../mails/verification-orders.js';
import { PasswordResets } from '../recovery/password-resets.js';
import { SessionReplies } from '../sessions/session.replies.js';
import { AccountSignInFlow } from '../sign-in/account-sign-in-flow.js';
import { SignInService } from '../sign-in/sign-in.service.js';
import { VerifyingBrowser } from '../sign-in/verifying-browser.js';
import { signedUpPage } from './signed-up.page.js';
import type { SignInFields, SignUpFields } from './page.schemas.js';
import { signInPage, type SignInPageModel } from './sign-in.page.js';
import { continueAddress } from '../mailbox-sign-in/continue-address.js';
import { MailWays } from './mail-ways.js';
import { isShowable, UNSEEN } from '../users/user-name.js';

type Kind = SignInPageModel['kind'];
type Entered = { readonly name?: string; readonly email?: string | undefined };

/** A session from a page lasts as long as one from the JSON route; a redirect carries no tokens. */
const HOW = { rememberMe: true, answersWithBody: false };

/** Sign-in and sign-up by forms: the same rules, limits and sessions as the JSON routes, answered by pages and redirects. */
@Injectable()
export class SignInPages {
  constructor(
    private readonly signIns: SignInService,
    private readonly flow: AccountSignInFlow,
    private readonly replies: SessionReplies,
    private readonly ports: HostPorts,
    private readonly routes: AuthRoutes,
    private readonly extensions: Extensions,
    private readonly origins: TrustedOrigins,
    private readonly browser: VerifyingBrowser,
    private readonly resets: PasswordResets,
    private readonly verifications: VerificationOrders,
    private readonly mailWays: MailWays,
    @Inject(ACCOUNTS_SETTINGS) private readonly settings: AccountsSettings,
  ) {}

  /** @throws AuthError 403 `INVALID_CALLBACK_URL`; 400 for a sign-up page where sign-up is off */
  async show(kind: Kind, query: { continue?: string | undefined; login_hint?: string | undefined }) {
    if (kind === 'sign-up') this.flow.requireSignUp();
    return this.render(kind, await this.target(query.continue), { email: query.login_hint }, null);
  }

  async signIn({ email, password, continue: target }: SignInFields, caller: Caller): Promise<HttpReply> {
    const continueTo = await this.target(target);
    return this.trying('sign-in', continueTo, { email }, async () => {
      const { outcome } = await this.signIns.signIn({ email, password, ...HOW, callbackUrl: continueTo }, caller);
      return this.goOn(continueTo, outcome, caller);
    });
  }

  async signUp({ name, email, password, continue: target }: SignUpFields, caller: Caller): Promise<HttpReply> {
    const continueTo = await this.target(target);
    return this.trying('sign-up', continueTo, { name, email }, async () => {
      this.flow.requireSignUp();
      if (name === '') throw AuthError.badRequest('NAME_MISSING', 'Say how you are called');
      if (!isShowable(name)) throw AuthError.badRequest('NAME_UNSEEN', UNSEEN);
      const mark = this.signIns.marksBrowsers ? this.browser.mark() : null;
      const wish = {
        name,
        email,
        password,
        image: null,
        ...HOW,
        callbackUrl: continueTo,
        browser: mark?.digest ?? null,
      };
      const { outcome } = await this.signIns.signUp(wish, caller);
      if (outcome) return this.goOn(continueTo, outcome, caller);
      const page = signedUpPage(this.addressOf('sign-in', continueTo), this.settings.requireEmailVerification);
      return page.cookie(...(mark?.cookies ?? []));
    });
  }

  /** Where the browser goes with its session (T069). */
  private async target(given: string | undefined): Promise<string> {
    return continueAddress(given, this.origins, this.routes);
  }

  /** Shows the form again with errors that the user can correct; others become an error page. */
  private async trying(kind: Kind, continueTo: string, entered: Entered, attempt: () => Promise<HttpReply>) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof AuthError) || error.status >= 500) throw error;
      return this.render(kind, continueTo, entered, error);
    }
  }

  private async goOn(continueTo: string, outcome: SignInOutcome, { headers }: Caller): Promise<HttpReply> {
    const { cookies } = this.replies.carry(outcome, headers);
    return onwardAfterForm(await this.flow.sendBack(outcome, continueTo), headers).cookie(...cookies);
  }

  private async render(kind: Kind, continueTo: string, entered: Entered, failure: AuthError | null) {
    const content = await this.contentFor(continueTo);
    const email = entered.email ?? content.emailHint ?? '';
    const other = kind === 'sign-in' ? 'sign-up' : 'sign-in';
    return signInPage({
      kind,
      action: this.routes.publicPathOf(`/${kind}`, 'POST'),
      continueTo,
      name: entered.name ?? '',
      email,
      failure,
      takesPassword: this.ports.users.get().verifyPassword !== undefined,
      minPasswordLength: this.settings.password.minLength,
      otherPage: other === 'sign-in' || this.flow.canSignUp ? this.addressOf(other, continueTo) : null,
      recoverUrl: kind === 'sign-in' && this.resets.isOn ? this.recoverUrl(continueTo, email) : null,
      verifyAction: this.verifications.isOn ? this.routes.publicPathOf('/verify-address', 'POST') : null,
      mailWays: kind === 'sign-in' ? this.mailWays.of(continueTo, email) : [],
      content,
    });
  }

  private recoverUrl(continueTo: string, hint: string): string {
    const query = new URLSearchParams({ continue: continueTo, ...(hint !== '' && { login_hint: hint }) });
    return `${this.routes.publicPathOf('/recover')}?${query}`;
  }

  private addressOf(kind: Kind, continueTo: string): string {
    return this.flow.signInUrl(continueTo, { signUp: kind === 'sign-up' });
  }

  private async contentFor(continueTo: string): Promise<SignInPageContent> {
    const parts = await Promise.all(this.extensions.all.map((extension) => extension.signInPage?.(continueTo)));
    const contents = parts.flatMap((content) => content ?? []);
    const client = contents.find((content) => content.client)?.client;
    const emailHint = contents.find((content) => content.emailHint !== undefined)?.emailHint;
    const scripted = contents.find((content) => content.scripted)?.scripted;
    return {
      ...(client && { client }),
      ...(scripted && { scripted }),
      ...(emailHint !== undefined && { emailHint }),
      links: contents.flatMap(({ links }) => links ?? []),
      buttons: contents.flatMap(({ buttons }) => buttons ?? []),
      formActions: contents.flatMap(({ formActions }) => formActions ?? []),
    };
  }
}
