import { Controller, Get, Header, HttpCode, Post, Redirect, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { IncomingHttpHeaders } from 'node:http';
// Its types have the default export alone.
import qrCode from 'qrcode-generator';
import { documentOf, Markup, markup } from '../markup.js';
import { Televisions, type Television } from './television.js';

interface Request {
  readonly headers: IncomingHttpHeaders;
}
/** Both adapters have it. */
interface Response {
  header(name: string, value: string): unknown;
}

const COOKIE = 'demo_television';
const SWITCH_OFF = markup`<form method="post" action="/television/off"><button class="plain" id="off">Switch it off</button></form>`;
const SWITCH_ON = markup`<form method="post" action="/television/on"><button id="on">Get a code</button></form>`;

/** A television to play with: the page asks for itself again while it waits. */
@Controller('television')
@ApiExcludeController()
export class TelevisionController {
  constructor(private readonly televisions: Televisions) {}

  @Get()
  @Header('Content-Type', 'text/html; charset=utf-8')
  @Header('Cache-Control', 'no-store')
  async show(@Req() request: Request): Promise<string> {
    const id = idIn(request);
    const television = id === null ? null : await this.televisions.look(id);
    return documentOf('Television', screen(television), television?.state === 'waiting' ? television.seconds : 0);
  }

  @Post('on')
  @HttpCode(303)
  @Redirect('/television', 303)
  async on(@Req() request: Request, @Res({ passthrough: true }) response: Response): Promise<void> {
    const before = idIn(request);
    if (before !== null) this.televisions.switchOff(before);
    const id = await this.televisions.switchOn();
    response.header('Set-Cookie', `${COOKIE}=${id}; Path=/television; HttpOnly; SameSite=Lax`);
  }

  @Post('off')
  @HttpCode(303)
  @Redirect('/television', 303)
  off(@Req() request: Request): void {
    const id = idIn(request);
    if (id !== null) this.televisions.switchOff(id);
  }
}

function idIn({ headers }: Request): string | null {
  return /(?:^|;\s*)demo_television=([\w-]+)/.exec(headers.cookie ?? '')?.[1] ?? null;
}

function screen(television: Television | null): Markup {
  if (television?.state === 'waiting') return waiting(television);
  if (television?.state === 'signed-in')
    return markup`<div class="tv"><div><p class="soft">Signed in</p><p class="code" id="name">Hello, ${television.name}</p>
<p>The television has tokens now. You can take them back in <a href="/api/auth/account/applications">your connected applications</a>.</p>${SWITCH_OFF}</div></div>`;
  const words = {
    refused: 'The request was denied. Nobody is signed in on this television.',
    expired: 'The code has expired.',
    off: 'The server gave no code. Try again in a moment.',
  };
  const said = television ? words[television.state] : 'Nobody is signed in on this television.';
  return markup`<div class="tv"><div><p id="state">${said}</p>${SWITCH_ON}</div></div>`;
}

function waiting({ userCode, address }: Extract<Television, { state: 'waiting' }>): Markup {
  const { origin, pathname, host } = new URL(address);
  return markup`<div class="tv"><div>
<p>Scan the picture with your phone, or open <a id="verify" href="${address}" target="_blank" rel="noopener">${host}${pathname}</a> and enter this code:</p>
<p class="code" id="user-code">${userCode}</p>
<p class="soft">${origin.includes('localhost') && 'On this computer, use the link: a phone does not find “localhost”. '}This page goes on by itself.</p>
${SWITCH_OFF}</div>${picture(address)}</div>`;
}

/** The address as a QR code (RFC 8628 3.3.1). */
function picture(address: string): Markup {
  const code = qrCode(0, 'M');
  code.addData(address);
  code.make();
  return markup`<div role="img" aria-label="QR code of ${address}">${new Markup(code.createSvgTag({ scalable: true, margin: 4 }))}</div>`;
}
