import { hash } from 'node:crypto';
import { PagePart } from './html.js';

/** A script that stands in a page, and is named in its policy by hash. */
export class PageScript extends PagePart {
  /** Names it in the policy (CSP 3, 2.3.1). */
  readonly source: string;
  readonly asksServer: boolean;

  /**
   * @param code of ours, the same for everybody: what differs stands in the markup
   * @param asksServer whether it sends requests to this server; the policy forbids all others
   */
  constructor(
    private readonly code: string,
    { asksServer = false }: { readonly asksServer?: boolean } = {},
  ) {
    super();
    this.asksServer = asksServer;
    if (/<[/!]/.test(code)) throw new Error('A script that stands in a page cannot hold "</" or "<!".');
    this.source = `'sha256-${hash('sha256', code, 'base64')}'`;
  }

  /** Raw text to a parser of HTML, so it is not escaped. */
  markupFor(): string {
    return `<script>${this.code}</script>`;
  }
}
