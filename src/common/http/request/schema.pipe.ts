import { Injectable, type ArgumentMetadata, type PipeTransform } from '@nestjs/common';
import { z } from 'zod';
import { AuthError } from '../../errors/auth-error.js';

const serverOnlyKeys = new WeakMap<object, ReadonlySet<string>>();
const MAX_ISSUES = 5;

/**
 * A body schema with fields that only the server may set. Unknown keys are dropped, but these are refused by name, so that no caller
 * believes they took effect, and no body field ever grants identity (CVE-2025-61928, T009).
 */
export function bodySchema<Shape extends z.ZodRawShape>(
  id: string,
  shape: Shape,
  serverOnly: readonly string[] = [],
): z.ZodObject<Shape> {
  const schema = z.object(shape).meta({ id });
  serverOnlyKeys.set(schema, new Set(serverOnly));
  return schema;
}

/** A whole number in a query. */
export function wholeNumber(max: number) {
  return z
    .string()
    .regex(/^\d{1,10}$/, 'Give a whole number')
    .transform(Number)
    .refine((value) => value <= max, `Give at most ${max}`)
    .meta({ type: 'integer', minimum: 0, maximum: max });
}

/** Applies the schema of `@Body({ schema })`, `@Query({ schema })` and `@Param({ schema })` on our controllers. */
@Injectable()
export class AuthSchemaPipe implements PipeTransform {
  async transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    const schema = (metadata as ArgumentMetadata & { schema?: z.ZodType }).schema;
    if (!schema) return value;
    const input = value ?? {};
    refuseServerOnly(schema, input);
    const result = await schema.safeParseAsync(input);
    if (result.success) return result.data;
    const place = metadata.type === 'body' ? 'body' : metadata.type;
    throw AuthError.validation(
      result.error.issues.slice(0, MAX_ISSUES).map((issue) => `[${[place, ...issue.path].join('.')}] ${issue.message}`),
    );
  }
}

function refuseServerOnly(schema: z.ZodType, input: unknown): void {
  const keys = serverOnlyKeys.get(schema);
  if (!keys || typeof input !== 'object' || input === null) return;
  const refused = Object.keys(input).find((key) => keys.has(key));
  if (refused)
    throw AuthError.badRequest('SERVER_ONLY_PROPERTY', `The property ${refused} can only be set by the server`);
}
