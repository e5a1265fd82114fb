import { SetMetadata } from '@nestjs/common';
import type { z } from 'zod';

const ROUTE_DESCRIPTION = 'nest-authority:route-description';

/** The shape of error bodies: better-auth's, or that of RFC 6749 5.2. */
export type ErrorShape = 'management' | 'oauth';

/** What the API document says about one of our routes. Kept as plain metadata: `@nestjs/swagger` is optional (see src/swagger). */
export interface RouteDescription {
  /** A hidden route needs none. */
  readonly tag?: string;
  readonly summary: string;
  readonly description?: string;
  /** Schema of the success answer; the same object that types it. */
  readonly response?: z.ZodType;
  /** Default 200. */
  readonly status?: number;
  /** Error answers by status: their codes. 400, 403 (origin) and 503 are added where they apply to every route. */
  readonly errors?: Readonly<Record<number, string>>;
  /** The shape of errors, on the route and on all paths below it. Default `management`. */
  readonly shape?: ErrorShape;
  /** Not in the document: aliases of a documented route. */
  readonly hidden?: boolean;
}

export const DescribeRoute = (description: RouteDescription): MethodDecorator =>
  SetMetadata(ROUTE_DESCRIPTION, description);

export function descriptionOf(handler: object): RouteDescription | undefined {
  return Reflect.getMetadata(ROUTE_DESCRIPTION, handler) as RouteDescription | undefined;
}
