import { z } from 'zod';
import { bodySchema, wholeNumber } from '../../common/http/request/schema.pipe.js';
import { SessionSchema, UserView, email, password } from '../account.schemas.js';
import { NO_ROLE } from '../users/user-roles.js';
import { isShowable, UNSEEN } from '../users/user-name.js';
import { FILTERS, SEARCHES, SORTS, type Filter } from '../users/user-table.store.js';

const DAY_SECONDS = 86_400;
const USER_ID = '01980c5e-7b1a-7c3e-9f00-5d0c2a1b4e6f';
const text = z.string().max(320).refine(isStorable, 'Unusable characters');
const userId = z
  .string()
  .min(1)
  .max(255)
  .refine(isStorable, 'Unusable characters')
  .meta({ description: 'Of the user.', example: USER_ID });
const name = z
  .string()
  .trim()
  .max(255)
  .refine(isShowable, UNSEEN)
  .meta({ description: 'Shown to them and to applications.' });
const image = z.url({ protocol: /^https?$/ }).max(2_048);
const role = z
  .union([z.string().max(2_048), z.array(z.string().max(64)).max(32)])
  .meta({ description: 'One, several with commas between, or a list. `user`: none.', example: 'admin' });

/** Filters by their field and operator. */
function filterOf(query: {
  filterField?: string | undefined;
  filterOperator?: string | undefined;
}): Filter | undefined {
  const key = `${query.filterField ?? 'email'}_${query.filterOperator ?? 'eq'}`;
  return Object.hasOwn(FILTERS, key) && key !== 'hasRole_eq' ? (key as Filter) : undefined;
}

/** A value of the type that the filter compares. @returns undefined when it is none */
function valueOf(filter: Filter, value: string): string | boolean | Date | undefined {
  if (filter === 'emailVerified_eq' || filter === 'banned_eq')
    return value === 'true' ? true : value === 'false' ? false : undefined;
  if (!filter.startsWith('createdAt')) return value;
  const date = new Date(value);
  return Number.isNaN(date.getTime()) || Math.abs(date.getFullYear()) > 9_999 ? undefined : date;
}

const keysOf = <Name extends string>(table: Readonly<Record<Name, unknown>>) => Object.keys(table) as [Name, ...Name[]];

export const ListUsersQuery = z
  .object({
    searchValue: text.optional().meta({ description: 'Only users in whose `searchField` this stands.' }),
    searchField: z.enum(['email', 'name']).default('email').meta({ description: 'Where `searchValue` is looked for.' }),
    searchOperator: z
      .enum(keysOf(SEARCHES))
      .default('contains')
      .meta({ description: 'Where it stands there. `contains` reads all users.' }),
    limit: wholeNumber(500).optional().meta({ description: 'Users at most. Default 100.' }),
    offset: wholeNumber(10_000).optional().meta({ description: 'Users that are passed over.' }),
    sortBy: z.enum(keysOf(SORTS)).default('createdAt').meta({ description: 'What their order is by.' }),
    sortDirection: z.enum(['asc', 'desc']).default('asc').meta({ description: 'Which comes first: `asc` the least.' }),
    filterField: z
      .string()
      .max(64)
      .optional()
      .meta({ description: '`id`, `email`, `name`, `emailVerified`, `banned`, `role`, `createdAt`.' }),
    filterOperator: z
      .string()
      .max(16)
      .optional()
      .meta({ description: '`eq`; of a role also `ne`; of `createdAt` `lt`, `lte`, `gt`, `gte`.' }),
    filterValue: text.optional().meta({ description: 'Only users whose `filterField` compares to this.' }),
  })
  .superRefine((query, context) => {
    if (query.filterValue === undefined) return;
    const filter = filterOf(query);
    if (filter === undefined)
      context.addIssue({ code: 'custom', path: ['filterField'], message: 'There is no such filter' });
    else if (valueOf(filter, query.filterValue) === undefined)
      context.addIssue({ code: 'custom', path: ['filterValue'], message: 'This is no value of the field' });
  });

/** What a checked query filters by. */
export function filterIn(query: z.infer<typeof ListUsersQuery>) {
  const by = query.filterValue === undefined ? undefined : filterOf(query);
  const value = by && valueOf(by, query.filterValue!);
  if (value === NO_ROLE && (by === 'role_eq' || by === 'role_ne'))
    return { by: 'hasRole_eq', value: by === 'role_ne' } as const;
  return by && value !== undefined ? { by, value } : undefined;
}

export const GetUserQuery = z.object({ id: userId });
export const UserBody = bodySchema('AuthAdminUserBody', { userId });
export const CreateUserBody = bodySchema('AuthAdminCreateUserBody', {
  email,
  name,
  password: password.optional(),
  role: role.optional(),
  data: z
    .object({ image: image.nullish(), emailVerified: z.boolean().optional() })
    .strict()
    .optional()
    .meta({ description: '`image` and `emailVerified`.' }),
});
export const AdminUpdateUserBody = bodySchema('AuthAdminUpdateUserBody', {
  userId,
  data: z.record(z.string(), z.unknown()).meta({ description: '`name`, `image`, `email`, `emailVerified: true`.' }),
});
/** What `data` of the above may be, once its names are known. */
export const UserData = z.object({
  name: name.optional(),
  image: image.nullish(),
  email: email.optional(),
  emailVerified: z.literal(true).optional(),
});
export const SetRoleBody = bodySchema('AuthAdminSetRoleBody', { userId, role });
export const BanUserBody = bodySchema('AuthAdminBanUserBody', {
  userId,
  banReason: z
    .string()
    .trim()
    .max(500)
    .refine(isStorable, 'Unusable characters')
    .optional()
    .meta({ description: 'For administrators; the user does not read it.' }),
  banExpiresIn: z
    .int()
    .min(1)
    .max(3_650 * DAY_SECONDS)
    .nullish()
    .meta({ description: 'Seconds. Default: until it is lifted.' }),
});
export const SetUserPasswordBody = bodySchema('AuthAdminSetPasswordBody', { userId, newPassword: password });
export const RevokeUserSessionBody = bodySchema('AuthAdminRevokeSessionBody', {
  sessionToken: z.string().min(1).max(512).meta({ description: 'The `token` of a listed session.' }),
});
const permissions = z
  .record(z.string().max(64), z.array(z.string().max(64)).max(64))
  .meta({ description: 'Actions by what they are done to, as in better-auth.' });
export const HasPermissionBody = bodySchema('AuthAdminHasPermissionBody', { permissions });

export const AdministeredUser = UserView.extend({
  role: z.string().meta({ description: 'With commas between; `user`: none.' }),
  banned: z.boolean(),
  banReason: z.string().nullable(),
  banExpires: z.iso.datetime().nullable(),
}).meta({ id: 'AuthAdministeredUser' });
export const UserAnswer = z.object({ user: AdministeredUser }).meta({ id: 'AuthAdminUserAnswer' });
export const UsersAnswer = z
  .object({ users: z.array(AdministeredUser), total: z.int(), limit: z.int().optional(), offset: z.int().optional() })
  .meta({ id: 'AuthAdminUsersAnswer' });
export const SessionsAnswer = z.object({ sessions: z.array(SessionSchema) }).meta({ id: 'AuthAdminSessionsAnswer' });
export const SuccessAnswer = z.object({ success: z.boolean() }).meta({ id: 'AuthAdminSuccessAnswer' });
export const PermissionAnswer = z
  .object({ error: z.null(), success: z.boolean() })
  .meta({ id: 'AuthAdminPermissionAnswer' });
export const ImpersonationAnswer = z
  .object({ session: SessionSchema, user: UserView })
  .meta({ id: 'AuthImpersonationAnswer' });

/** PostgreSQL takes neither NUL nor half a character. */
function isStorable(value: string): boolean {
  return !value.includes('\0') && value.isWellFormed();
}
