import type { ShownClient } from './authorization-server.js';

/** What a capability puts on the sign-in page. Texts, not HTML: the page escapes them. */
export interface SignInPageContent {
  /** Who asks: the client that sent the user here. */
  readonly client?: ShownClient;
  readonly emailHint?: string;
  /** Other ways to sign in. */
  readonly links?: readonly { readonly text: string; readonly href: string }[];
  /** Ways that begin with a form: a button each, sent by POST to an address of ours. */
  readonly buttons?: readonly SignInPageButton[];
  /** Addresses at which the browser may end up when it has signed in: the redirect address of the client. Chromium must know them. */
  readonly formActions?: readonly string[];
}

export interface SignInPageButton {
  readonly text: string;
  /** Root-relative. */
  readonly action: string;
  readonly fields: Readonly<Record<string, string>>;
}
