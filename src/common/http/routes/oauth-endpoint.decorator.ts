import { applyDecorators, HttpCode, RequestMapping, RequestMethod } from '@nestjs/common';
import { OpenTo, type ScriptsOf } from './open-to.decorator.js';
import { DescribeRoute, type RouteDescription } from './describe-route.js';
import { OnlyMethods } from './only-methods.decorator.js';
import { AcceptsForm, CrossSite, RendersPage } from '../origins/request.guard.js';

/** Every endpoint is below both. */
const FOLDERS = ['oauth2', 'oauth'];

/**
 * The contract of an endpoint besides its address. `status` is that of the success answer; the tag is `OAuth` by default. With `form` it
 * takes forms, with `page` browsers get its errors as pages, unless they ask for JSON.
 */
export interface OAuthEndpointContract extends Omit<RouteDescription, 'shape'> {
  /** Further names, known to clients of other servers. */
  readonly aliases?: readonly string[];
  /** All methods of the address, e.g. `GET, HEAD, POST`: others are refused with 405, under its name but not its aliases. Default: 404. */
  readonly methods?: string;
  /** Other sites may send a browser's form here: the route does not trust a cookie that comes with it. */
  readonly crossSite?: true;
  /** Whose scripts may call it across origins; `nobody` whatever the host says. Default: left to the host's CORS. */
  readonly browsers?: ScriptsOf;
}

/**
 * An endpoint that OAuth clients, browsers on their behalf or devices call: its addresses, what it takes, who may call it, and its place in
 * the API document. Errors there, and on all paths below it, have the shape of RFC 6749 5.2.
 * @param name e.g. `token`, for `oauth2/token` and `oauth/token`; `/device/token` is one address, relative to the route prefix
 */
export function OAuthEndpoint(
  method: 'GET' | 'POST' | 'PUT' | 'DELETE',
  name: string,
  contract: OAuthEndpointContract,
): MethodDecorator {
  const { aliases = [], methods, crossSite, browsers, ...description } = contract;
  const { form, page } = description;
  return applyDecorators(
    RequestMapping({ method: RequestMethod[method], path: oauthPaths(name, ...aliases) }),
    HttpCode(description.status ?? 200),
    DescribeRoute({ tag: 'OAuth', ...description, shape: 'oauth' }),
    ...(methods === undefined ? [] : [OnlyMethods(methods, oauthPaths(name))]),
    ...(form ? [AcceptsForm()] : []),
    ...(crossSite ? [CrossSite()] : []),
    ...(page ? [RendersPage()] : []),
    ...(browsers === undefined ? [] : [OpenTo(browsers)]),
  );
}

/** The paths of endpoints, relative to the route prefix. */
export function oauthPaths(...names: readonly string[]): string[] {
  return [
    ...new Set(FOLDERS.flatMap((folder) => names.map((name) => (name.startsWith('/') ? name : `${folder}/${name}`)))),
  ];
}
