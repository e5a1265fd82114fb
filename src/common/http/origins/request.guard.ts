import { applyDecorators, Injectable, SetMetadata, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { AuthError } from '../../errors/auth-error.js';
import { header } from '../request/headers.js';
import { checkOrigin } from './origin-check.js';
import { unsupported } from '../request/request-body.js';
import { contextOf, type EdgeContext, type GuardedRequest } from '../request/request-context.js';
import { TrustedOrigins } from './trusted-origins.js';
import { isBrowserForm, wantsJson } from '../request/wants-json.js';

export const CROSS_SITE_KEY = 'nest-authority:cross-site';
const FORMS_KEY = 'nest-authority:forms';
const PAGE_KEY = 'nest-authority:page';
const PAGE_FORM_KEY = 'nest-authority:page-form';
const UNAUTHORIZED_KEY = 'nest-authority:unauthorized';
const GET_ALONE_KEY = 'nest-authority:get-alone';

/** Marks a route that other sites may post to (token, revocation, form_post callbacks); it must not trust a cookie. */
export const CrossSite = () => SetMetadata(CROSS_SITE_KEY, true);

/** Marks a route that takes a form as well as JSON. Any page can send a form without a preflight, so a route has to opt in (T006). */
export const AcceptsForm = () => SetMetadata(FORMS_KEY, true);

/** Marks a route that a browser navigates to: its errors are shown as a page, unless the request asks for JSON. */
export const RendersPage = () => SetMetadata(PAGE_KEY, true);

/**
 * Marks a route that also takes forms from the host's pages: errors of such a form are shown as a page.
 * @param switches boolean fields: a form holds texts only, so `on`, `true` and `false` are read as JSON booleans
 */
export const AcceptsPageForm = (...switches: readonly string[]) =>
  applyDecorators(AcceptsForm(), SetMetadata(PAGE_FORM_KEY, switches));

/** What a request without a credential is told, on a route for which clients know another code than `UNAUTHORIZED`. */
export const AnswersStrangers = (told: NonNullable<EdgeContext['toStrangers']>) => SetMetadata(UNAUTHORIZED_KEY, told);

/**
 * Marks a GET that changes something: routers also send HEAD to it, which must have no effect (RFC 9110 9.2.1), and browsers fetch links before
 * anybody has opened them. Both are refused.
 */
export const GetAlone = () => SetMetadata(GET_ALONE_KEY, true);

/**
 * First guard of our controllers: throws the fault that the edge found, refuses path spellings and body kinds that the route does not have,
 * and checks the origin.
 */
@Injectable()
export class RequestGuard implements CanActivate {
  private readonly known = new WeakMap<object, RouteMarks>();

  constructor(private readonly origins: TrustedOrigins) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<GuardedRequest>();
    const requestContext = contextOf(request);
    const marks = this.marksOf(context.getHandler());
    requestContext.served = true;
    requestContext.toStrangers = marks.toStrangers;
    requestContext.rendersPage =
      (marks.rendersPage && !wantsJson(request.headers)) ||
      (marks.switches !== undefined && isBrowserForm(requestContext.bodyKind, request.headers));
    if (requestContext.fault) throw requestContext.fault;
    if (!isSpelledExactly(request)) throw AuthError.notFound();
    if (marks.getAlone) requireGetAlone(request);
    if (requestContext.bodyKind === 'form' && !marks.acceptsForm) throw unsupported('Send application/json');
    if (!marks.crossSite) await checkOrigin(request.method ?? 'GET', request.headers, this.origins);
    if (requestContext.bodyKind === 'form' && marks.switches) readSwitches(request.body, marks.switches);
    return true;
  }

  /** Read once for each handler: six look-ups of metadata take longer than all the checks. */
  private marksOf(handler: object): RouteMarks {
    const known = this.known.get(handler);
    if (known) return known;
    const marks = readMarks(handler);
    this.known.set(handler, marks);
    return marks;
  }
}

/** What browsers send with a link that they fetch beforehand: now, until 2023, in Safari and in Firefox. */
const PREFETCH_HEADERS = ['sec-purpose', 'purpose', 'x-purpose', 'x-moz'];

function requireGetAlone({ method, headers }: GuardedRequest): void {
  if (method === 'HEAD') throw AuthError.methodNotAllowed('GET');
  if (PREFETCH_HEADERS.some((name) => /prefetch|prerender|preview/i.test(header(headers, name) ?? '')))
    throw AuthError.badRequest('PREFETCH_REFUSED', 'This link does something, so it is not fetched beforehand');
}

interface RouteMarks {
  readonly switches: readonly string[] | undefined;
  readonly toStrangers: EdgeContext['toStrangers'];
  readonly rendersPage: boolean;
  readonly getAlone: boolean;
  readonly acceptsForm: boolean;
  readonly crossSite: boolean;
}

function readMarks(handler: object): RouteMarks {
  const has = (key: string) => Reflect.getMetadata(key, handler) === true;
  return {
    switches: Reflect.getMetadata(PAGE_FORM_KEY, handler) as readonly string[] | undefined,
    toStrangers: Reflect.getMetadata(UNAUTHORIZED_KEY, handler) as EdgeContext['toStrangers'],
    rendersPage: has(PAGE_KEY),
    getAlone: has(GET_ALONE_KEY),
    acceptsForm: has(FORMS_KEY),
    crossSite: has(CROSS_SITE_KEY),
  };
}

function readSwitches(body: unknown, names: readonly string[]): void {
  if (typeof body !== 'object' || body === null) return;
  const fields = body as Record<string, unknown>;
  for (const name of names) {
    const text = fields[name];
    if (text === 'on' || text === 'true') fields[name] = true;
    if (text === 'false') fields[name] = false;
  }
}

/** Express matches case-insensitively, Fastify decodes first; limits and logs by path must see what the handler sees (T012). */
function isSpelledExactly(request: GuardedRequest): boolean {
  const pattern = request.route?.path ?? request.routeOptions?.url;
  if (typeof pattern !== 'string') return true;
  const url = (request.originalUrl ?? '').split('?', 1)[0]!;
  if (url === pattern) return true;
  const path = url.split('/');
  return pattern.split('/').every((segment, index) => segment.startsWith(':') || segment === path[index]);
}
