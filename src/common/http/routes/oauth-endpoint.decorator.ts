import { applyDecorators, HttpCode, RequestMapping, RequestMethod } from '@nestjs/common';
import { OpenTo, type ScriptsOf } from './open-to.decorator.js';
import { DescribeRoute, type RouteDescription } from './describe-route.js';
import { OnlyMethods } from './only-methods.decorator.js';
import { AcceptsForm, CrossSite, RendersPage } from '../origins/request.guard.js';

/** Every endpoint is in both. */
const FOLDERS = ['oauth2', 'oauth'];

/** What an endpoint promises besides its address. The status of the description is that of the answer, its tag `OAuth` if it has no other. */
export interface OAuthEndpointContract extends Omit<RouteDescription, 'shape'> {
  /** Further names, which clients of other servers know. */
  readonly aliases?: readonly string[];
  /** All that the address has, e.g. `GET, HEAD, POST`: other methods are refused with 405, under its name and not its aliases. Default: 404. */
  readonly methods?: string;
  /** It takes a form as well as JSON. */
  readonly form?: true;
  /** Other sites may send a browser's form here: it trusts no cookie that comes along. */
  readonly crossSite?: true;
  /** A browser navigates here: its errors are pages, unless JSON is asked for. */
  readonly page?: true;
  /** Whose scripts may call it across origins. Default: left to the host's CORS. */
  readonly browsers?: ScriptsOf;
}

/**
 * An endpoint that OAuth clients, browsers on their behalf or devices call: its addresses, what it takes, who may call it, and its place
 * in the API document. Errors there, and on all paths below, are those of RFC 6749 5.2.
 * @param name e.g. `token`, for `oauth2/token` and `oauth/token`; `/device/token` is one address, relative to the route prefix
 */
export function OAuthEndpoint(
  method: 'GET' | 'POST' | 'PUT' | 'DELETE',
  name: string,
  contract: OAuthEndpointContract,
): MethodDecorator {
  const { aliases = [], methods, form, crossSite, page, browsers, ...description } = contract;
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

/** Where endpoints are, relative to the route prefix. */
export function oauthPaths(...names: readonly string[]): string[] {
  return [
    ...new Set(FOLDERS.flatMap((folder) => names.map((name) => (name.startsWith('/') ? name : `${folder}/${name}`)))),
  ];
}
