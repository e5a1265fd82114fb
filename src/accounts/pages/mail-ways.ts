import { Injectable } from '@nestjs/common';
import { AuthRoutes } from '../../common/http/routes/auth-routes.js';
import { text } from '../../common/texts/text.js';
import { CODE_PATH } from '../email-codes/code-page.controller.js';
import { CodeOrders } from '../email-codes/code-orders.js';
import { LINK_PATH } from '../magic-links/link-page.controller.js';
import { MagicLinks } from '../magic-links/magic-links.js';

/** What the sign-in page offers to whoever would rather have mail. */
@Injectable()
export class MailWays {
  constructor(
    private readonly links: MagicLinks,
    private readonly codes: CodeOrders,
    private readonly routes: AuthRoutes,
  ) {}

  /** @param continueTo where the browser goes with its session; checked */
  of(continueTo: string, email: string) {
    const query = new URLSearchParams({ continue: continueTo, ...(email !== '' && { login_hint: email }) });
    const ways = [
      { isOn: this.links.isOn, words: text('byMail.link'), path: LINK_PATH },
      { isOn: this.codes.isOn, words: text('byMail.code'), path: CODE_PATH },
    ];
    return ways
      .filter(({ isOn }) => isOn)
      .map(({ words, path }) => ({ words, href: `${this.routes.publicPathOf(path)}?${query}` }));
  }
}
