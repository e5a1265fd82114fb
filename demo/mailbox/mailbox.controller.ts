import { Controller, Get, Header } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { MailMessage } from 'nest-authority';
import { documentOf, markup, type Markup } from '../markup.js';
import { Mailbox } from './mailbox.js';

/** What people would find in their mail. */
@Controller('mailbox')
@ApiExcludeController()
export class MailboxController {
  constructor(private readonly mailbox: Mailbox) {}

  @Get()
  @Header('Content-Type', 'text/html; charset=utf-8')
  @Header('Cache-Control', 'no-store')
  @Header('Referrer-Policy', 'no-referrer')
  show(): string {
    const { messages } = this.mailbox;
    const list = messages.reduce((all, message) => markup`${all}${letterOf(message)}`, markup``);
    const empty = markup`<p id="empty">Nothing has come yet. Ask for a <a id="recover" href="/api/auth/recover">new password</a>, and look again.</p>`;
    const body = markup`
<p class="soft">In place of a mail provider, the demo keeps what it sends. Everybody can read it: it is a demo.</p>
<p><a class="button" id="again" href="/mailbox">Look again</a></p>
${messages.length === 0 ? empty : markup`<ul class="cards letters">${list}</ul>`}`;
    return documentOf('Mailbox', body);
  }
}

function letterOf({ to, subject, language, text, content }: MailMessage): Markup {
  const { url } = content as { readonly url?: string };
  return markup`<li class="letter">
<h2 lang="${language}" dir="auto">${subject}</h2>
<p class="soft">To ${to}</p>
<pre lang="${language}" dir="auto">${text}</pre>
${url !== undefined && markup`<a class="button" href="${url}">Open the link</a>`}
</li>`;
}
