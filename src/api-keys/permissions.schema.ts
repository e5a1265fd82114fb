import { z } from 'zod';

const NAME = z
  .string()
  .min(1)
  .max(64)
  .regex(/^[A-Za-z0-9_.:*/-]+$/);
/** Names with a meaning on JavaScript objects (T008, T026). */
const RESERVED = new Set(['__proto__', 'constructor', 'prototype', 'hasOwnProperty', 'toString', 'valueOf']);

/** Resource to actions, both bounded in number and length. */
export const PermissionsSchema = z
  .record(NAME, z.array(NAME).max(64))
  .refine((value) => Object.keys(value).length <= 64, 'Too many resources')
  .refine(
    (value) => !Object.keys(value).some((name) => RESERVED.has(name)),
    'A resource has a name that is not allowed',
  )
  .meta({ description: 'Resource to actions, e.g. `{ "reports": ["read"] }`.', example: { reports: ['read'] } });
