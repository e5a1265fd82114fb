import { Controller, Get, Header, Inject } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { ADMINISTRATOR, DEMO_CONFIG, DEMO_USER, type DemoConfig } from '../config.js';
import { documentOf, markup, type Markup } from '../markup.js';
import { webClientOrigin } from '../web-client/web-client.config.js';

/** The first page: what there is to try, and who to sign in as. */
@Controller()
@ApiExcludeController()
export class HomeController {
  constructor(@Inject(DEMO_CONFIG) private readonly config: DemoConfig) {}

  @Get()
  @Header('Content-Type', 'text/html; charset=utf-8')
  @Header('Cache-Control', 'no-store')
  home(): string {
    const body = markup`
<p class="soft">A demo of nest-authority: one server that signs people in, and what there is to try with it.</p>
<ul class="cards">
${card('api', 'API and documentation', 'Every route, to read and to call. Press “Authorize” to sign in.', '/docs', 'Open the API')}
${this.webClient()}
${card('television', 'Television', 'A device without a keyboard. It shows a code, and you allow it from here or from your phone.', '/television', 'Switch it on')}
${card('account', 'Your account', 'Profile, sessions, connected applications, and API keys for programs of your own.', '/api/auth/account', 'Open your account')}
${card('two-factor', 'Two-step sign-in', 'A code of an authenticator app after the password, and backup codes for the day without it.', '/api/auth/account/two-factor', 'Set it up')}
${this.config.passkeys && card('passkeys', 'Passkeys', 'Sign in by fingerprint, face or PIN, without a password or as the second step.', '/api/auth/account/passkeys', 'Make one')}
${this.config.mailbox && card('by-mail', 'Sign-in by mail', 'A link or a code takes the place of the password. It arrives in the mailbox below.', '/api/auth/sign-in-link', 'Send a link')}
${this.config.mailbox && card('mailbox', 'Mailbox', 'What the demo sends by mail: links and codes that sign in, links to a new password, notices.', '/mailbox', 'Read the mail')}
</ul>
${this.users()}`;
    return documentOf('Welcome to Acme', body);
  }

  private webClient(): Markup {
    const { webClientPort, clients } = this.config;
    const about =
      'Another company’s application. It signs you in with Acme, asks what it may see, and for more where its API wants more.';
    if (webClientPort === null || !clients.some((one) => one.client_id === 'demo-web'))
      return markup`<li><h2>Web application</h2><p>It is off. AUTH_WEB_CLIENT_PORT switches it on.</p></li>`;
    return card('web-client', 'Web application', about, webClientOrigin(webClientPort), 'Open the application');
  }

  /** Passwords are shown of the built-in users only: those of a file are somebody's. */
  private users(): Markup {
    const { administrators } = this.config;
    const known = [DEMO_USER, ADMINISTRATOR].filter((user) => this.config.users.includes(user));
    if (known.length === 0) return markup`<p class="soft">Sign in with a user of your AUTH_USERS_FILE.</p>`;
    const rows = known.map(
      (user) =>
        markup`<tr><th scope="row">${user.name}</th><td><code>${user.email}</code></td><td><code>${user.password}</code></td></tr>`,
    );
    return markup`<section class="card" id="users"><h2>Sign in as</h2>
<table><tbody>${rows.reduce((all, row) => markup`${all}${row}`)}</tbody></table>
<p class="soft">${administrators.length > 0 && markup`The administrator also sees the <a id="administration" href="/api/auth/administration">administration</a>: users, applications, registration tokens, waiting devices and signing keys.`}</p>
</section>`;
  }
}

function card(id: string, title: string, about: string, href: string, label: string): Markup {
  return markup`<li><h2>${title}</h2><p>${about}</p><a class="button" id="${id}" href="${href}">${label}</a></li>`;
}
