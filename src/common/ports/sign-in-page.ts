import type { Html } from '../html.js';
import type { PageScript } from '../html-script.js';
import type { HostText } from '../texts/host-text.js';
import type { ShownClient } from './authorization-server.js';

/** What a capability adds to the sign-in page. Texts, not HTML: the page escapes them. */
export interface SignInPageContent {
  /** The client that sent the user here. */
  readonly client?: ShownClient;
  readonly emailHint?: string;
  /** Other ways to sign in. */
  readonly links?: readonly { readonly text: HostText; readonly href: string }[];
  /** Other ways to sign in that begin with a form: each is a button that sends a POST to one of our routes. */
  readonly buttons?: readonly SignInPageButton[];
  /** A way to sign in by a script: its part of the page, and what the browser may also fill into the field of the address. */
  readonly scripted?: { readonly part: Html; readonly script: PageScript; readonly autocomplete: 'webauthn' };
  /** Where redirects may lead after the sign-in form: the client's redirect address. Chromium checks them against `form-action`. */
  readonly formActions?: readonly string[];
}

export interface SignInPageButton {
  /** What the provider is called. */
  readonly provider: string;
  /** Its mark, drawn inline. Default none. */
  readonly mark?: Html;
  /** Root-relative. */
  readonly action: string;
  readonly fields: Readonly<Record<string, string>>;
}
