import { SetMetadata } from '@nestjs/common';
import type { z } from 'zod';
import type { ApiTag } from './api-tags.js';

const ROUTE_DESCRIPTION = 'nest-authority:route-description';

/** The shape of error bodies: better-auth's, or that of RFC 6749 5.2. */
export type ErrorShape = 'management' | 'oauth';

/** A way to be known, as the API document names it; `none`: the route also answers without. */
export type RouteCredential =
  | 'bearer'
  | 'apiKey'
  | 'session'
  | 'oauth2'
  | 'clientBasic'
  | 'registrationAccessToken'
  | 'initialAccessToken'
  | 'none';

/** A header of a success answer. */
export type AnswerHeader = 'Set-Cookie' | 'set-auth-token' | 'set-auth-jwt' | 'Cache-Control' | 'ETag';

/** What a success answer can be besides JSON. */
export type TextType = 'text/html' | 'application/jwt' | 'application/token-introspection+jwt';

/** An answer besides the usual ones, e.g. the JSON for scripts of a route that redirects browsers. */
export interface FurtherAnswer {
  readonly text: string;
  /** JSON. */
  readonly response?: z.ZodType;
  readonly types?: readonly TextType[];
}

/** What the API document says about one of our routes. Kept as plain metadata: `@nestjs/swagger` is optional (see src/swagger). */
export interface RouteDescription {
  /** A hidden route needs none. */
  readonly tag?: ApiTag;
  /** Operation id: what the method of a generated client is called, e.g. `createApiKey`. A hidden route needs none. */
  readonly id?: string;
  /** The route does the same as the one with this id, under another name: the document tells it there. */
  readonly aliasOf?: string;
  readonly summary: string;
  readonly description?: string;
  /** What the query may hold, where the handler reads it itself. Default: the schema of its `@Query`. */
  readonly query?: z.ZodType;
  /** What the body may hold, where the handler reads it itself. Default: the schema of its `@Body`. */
  readonly body?: z.ZodType;
  /** It takes a form as well as JSON. */
  readonly form?: true;
  /** A whole body that is good as it stands: required and harmless members. */
  readonly example?: Readonly<Record<string, unknown>>;
  /** Parameters of the path, where their names do not say enough. */
  readonly parameters?: Readonly<Record<string, string>>;
  /** Schema of the success answer; the same object that types it. */
  readonly response?: z.ZodType;
  /** The success answer may also be a text of these types. */
  readonly types?: readonly TextType[];
  /** Default 200. */
  readonly status?: number;
  readonly headers?: readonly AnswerHeader[];
  /** The header `DPoP` may hold a proof (RFC 9449). */
  readonly takesProof?: true;
  /** Further answers by status, with another body than an error. */
  readonly answers?: Readonly<Record<number, FurtherAnswer>>;
  /** Error answers by status: their codes. 400, 403 (origin) and 503 are added where they apply to every route. */
  readonly errors?: Readonly<Record<number, string>>;
  /** The shape of errors, on the route and on all paths below it. Default `management`. */
  readonly shape?: ErrorShape;
  /** Browsers get errors as pages. */
  readonly page?: true;
  /** How callers are known, where the handler asks for it itself. Default: what the guards of the route take. */
  readonly credentials?: readonly RouteCredential[];
  /** Clients and users should take another route. */
  readonly deprecated?: true;
  /** Not in the document: pages, and what answers 405. */
  readonly hidden?: boolean;
}

export const DescribeRoute = (description: RouteDescription): MethodDecorator =>
  SetMetadata(ROUTE_DESCRIPTION, description);

export function descriptionOf(handler: object): RouteDescription | undefined {
  return Reflect.getMetadata(ROUTE_DESCRIPTION, handler) as RouteDescription | undefined;
}
