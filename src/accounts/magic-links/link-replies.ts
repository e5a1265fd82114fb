import { Injectable } from '@nestjs/common';
import { onwardAfterForm } from '../../common/http/pages/onward.js';
import type { HeaderBag } from '../../common/http/request/headers.js';
import type { HttpReply } from '../../common/http/request/reply.js';
import { AuthRoutes } from '../../common/http/routes/auth-routes.js';
import { isDue } from '../../common/ports/second-factor.js';
import type { MailboxSignIn } from '../mailbox-sign-in/mailbox-sign-ins.js';
import { SessionReplies, startedBody } from '../sessions/session.replies.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { AccountSignInFlow } from '../sign-in/account-sign-in-flow.js';
import type { LinkTargets } from './link-addresses.js';
import { confirmPage } from './link.pages.js';
import type { OpenLink } from './magic-links.js';

/** The answers to an opened link. */
@Injectable()
export class LinkReplies {
  constructor(
    private readonly flow: AccountSignInFlow,
    private readonly sessions: SessionsService,
    private readonly replies: SessionReplies,
    private readonly routes: AuthRoutes,
  ) {}

  /** Where a link leads that names no address. */
  get defaultTarget(): string {
    return this.routes.publicPathOf('/account');
  }

  /** JSON, for a script. */
  started({ user, outcome }: MailboxSignIn, headers: HeaderBag): HttpReply {
    const body = isDue(outcome) ? outcome.body : { ...startedBody(outcome), user };
    return this.replies.signedIn(body, outcome, headers);
  }

  /** Where the browser goes on; null: the link names no address. */
  async targetOf({ outcome, isNew }: MailboxSignIn, targets: LinkTargets): Promise<string | null> {
    const url = (isNew ? targets.newUserCallbackURL : null) ?? targets.callbackURL;
    return url === null ? null : this.flow.sendBack(outcome, url);
  }

  cookiesOf({ outcome }: MailboxSignIn, headers: HeaderBag): readonly string[] {
    return this.replies.carry(outcome, headers).cookies;
  }

  /** After the button. */
  async onward(signIn: MailboxSignIn, targets: LinkTargets, headers: HeaderBag): Promise<HttpReply> {
    const callbackURL = targets.callbackURL ?? this.defaultTarget;
    const url = await this.targetOf(signIn, { ...targets, callbackURL });
    return onwardAfterForm(url!, headers).cookie(...this.cookiesOf(signIn, headers));
  }

  /** Asks whoever has opened a link elsewhere than they have asked for it. */
  async confirmation(link: OpenLink, targets: LinkTargets, headers: HeaderBag): Promise<HttpReply> {
    const current = await this.sessions.current(headers);
    return confirmPage({
      action: this.routes.publicPathOf('/magic-link/verify', 'POST'),
      account: link.email,
      signedInAs: current && current.user.id !== link.facts['userId'] ? current.user.email : null,
      fields: { token: link.token, ...targets },
    });
  }
}
