import type { Extensions } from '../../extensions.js';
import type { PagePart } from '../../html.js';
import type { TextKey } from '../../texts/languages/en/index.js';
import { text } from '../../texts/text.js';
import type { PageSections } from '../pages/page.js';
import type { AuthRoutes } from '../routes/auth-routes.js';

/** A page of one of the areas, and its place in the navigation there. */
export interface AreaPage {
  readonly area: 'account' | 'administration';
  /** Relative to the route prefix, e.g. `/account/sessions`. */
  readonly path: string;
  readonly title: TextKey;
  /** The smallest comes first. */
  readonly order: number;
}

const TITLES = { account: 'frame.account', administration: 'frame.administration' } as const;

/** The area of a page: the first part of its path. */
export function areaOf(path: string): AreaPage['area'] {
  return path.startsWith('/administration') ? 'administration' : 'account';
}

/** The navigation of an area: what the capabilities that are there have put into it. @param current the page on which it stands */
export function sectionsOf(
  area: AreaPage['area'],
  current: string,
  extensions: Extensions,
  routes: AuthRoutes,
  aside?: PagePart,
): PageSections {
  const pages = pagesOf(area, extensions);
  // A page below another, such as one key of a list, has no place of its own.
  const [here] = pages
    .filter(({ path }) => current === path || current.startsWith(`${path}/`))
    .toSorted((one, other) => other.path.length - one.path.length);
  const items = pages.map(({ path, title }) => ({
    text: text(title),
    href: routes.publicPathOf(path),
    isCurrent: path === here?.path,
  }));
  return { title: text(TITLES[area]), items, ...(aside && { aside }) };
}

function pagesOf(area: AreaPage['area'], extensions: Extensions): AreaPage[] {
  return extensions.pages.filter((page) => page.area === area).toSorted((one, other) => one.order - other.order);
}
