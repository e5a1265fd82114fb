import type { ServerResponse } from 'node:http';
import type { AnswerCookies } from '../../ports/auth-context.js';
import { beforeHeaders } from './cors-headers.js';

const SET_COOKIE = 'Set-Cookie';

/** Cookies added to a reply, also to one of the host's. They are written together with the headers, on either adapter. */
export class ResponseCookies implements AnswerCookies {
  private lines: Set<string> | undefined;

  constructor(private readonly response: ServerResponse) {}

  get isOpen(): boolean {
    return !this.response.headersSent;
  }

  add(lines: readonly string[]): void {
    if (!this.lines) {
      this.lines = new Set();
      beforeHeaders(this.response, () => this.write());
    }
    for (const line of lines) this.lines.add(line);
  }

  tell(name: string, value: string): void {
    if (!this.response.headersSent) this.response.setHeader(name, value);
  }

  /** A cookie that the reply itself sets comes later and wins: renewing the session must not undo a sign-out. */
  private write(): void {
    const given = [this.response.getHeader(SET_COOKIE) ?? []].flat().map(String);
    const names = new Set(given.map(nameOf));
    const added = [...(this.lines ?? [])].filter((line) => !names.has(nameOf(line)));
    if (added.length === 0) return;
    this.response.setHeader(SET_COOKIE, [...given, ...added]);
    // A cache that stored the reply would give one browser's session to others (RFC 9111 7.3).
    this.response.setHeader('Cache-Control', 'no-store');
  }
}

function nameOf(line: string): string {
  return line.split('=', 1)[0]!;
}
