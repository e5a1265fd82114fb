import type { Html, PagePart } from '../../html.js';
import type { Text } from '../../texts/text.js';
import { HttpReply } from '../request/reply.js';
import type { PageScript } from '../../html-script.js';
import type { WaysOn } from './ways-on.js';

/** One of our pages: a plain document, and hardly ever a script. */
export interface PageModel {
  /** Title of the window, and the heading. */
  readonly title: Text;
  readonly body: Html;
  /** The page tells of a fault: its title says so, since that is what a screen reader says first (WCAG 3.3.1). */
  readonly hasFault?: boolean;
  /** Links below the body, where nothing else there leads on. Default none. */
  readonly waysOn?: readonly (keyof WaysOn)[];
  /** Below all else. */
  readonly remarks?: Html;
  /** The navigation that the page is a part of. Default none. */
  readonly sections?: PageSections;
  /**
   * Addresses, besides this server, to which a form of the page may lead: Chromium blocks the redirect after a form, and every further
   * redirect, when its origin is not named. `anywhere`: for a page whose only form is ours and leads to a client, whose redirects nobody
   * can list.
   */
  readonly formActions?: readonly string[] | 'anywhere';
  /** Addresses that the page shows in frames (front-channel logout). */
  readonly frameSources?: readonly string[];
  /** Stands at the end of the page. Default none: almost all of our pages have none. */
  readonly script?: PageScript;
  /** Default 200. */
  readonly status?: number;
  /** Where the page sends the browser by itself; checked by the caller. No form policy applies to it. */
  readonly continueTo?: string;
  /** Public path and query of a page that answers a form: where it can be had in another language. Default: it cannot. */
  readonly self?: string;
}

/** The pages that belong together, such as those of an account. */
export interface PageSections {
  /** Of the navigation. */
  readonly title: Text;
  readonly items: readonly { readonly text: Text; readonly href: string; readonly isCurrent: boolean }[];
  /** Who is signed in, and the form that signs out. */
  readonly aside?: PagePart;
}

/** A page as a reply. It is written when its reader is known (PageWriter). */
export class PageReply extends HttpReply<PageModel> {}

/** The reply of a controller that shows a page. */
export function page(model: PageModel): PageReply {
  return new PageReply(model).withStatus(model.status ?? 200);
}
