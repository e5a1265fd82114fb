import { SetMetadata } from '@nestjs/common';
import type { z } from 'zod';

export const ROUTE_DESCRIPTION = 'nest-authority:route-description';

/** What the API document says of one of our routes. Kept as plain metadata: `@nestjs/swagger` is optional (see src/swagger). */
export interface RouteDescription {
  readonly tag: string;
  readonly summary: string;
  readonly description?: string;
  /** Schema of the success answer; the same object that types it. */
  readonly response?: z.ZodType;
  /** Default 200. */
  readonly status?: number;
  /** Error answers: status to codes. 400, 403 (origin) and 503 are added where they apply to every route. */
  readonly errors?: Readonly<Record<number, string>>;
  /** Body or answer shape of errors. Default `management`. */
  readonly shape?: 'management' | 'oauth';
  /** Left out of the document: aliases of a documented route. */
  readonly hidden?: boolean;
}

export const DescribeRoute = (description: RouteDescription): MethodDecorator =>
  SetMetadata(ROUTE_DESCRIPTION, description);
