import type { Provider } from '@nestjs/common';
import { UserEnds } from './user-ends.js';
import { UserRoles } from './user-roles.js';
import { UserSearch } from './user-search.store.js';
import { UserTable } from './user-table.store.js';
import { UserStore } from './user.store.js';

export const userProviders: Provider[] = [UserStore, UserSearch, UserTable, UserRoles, UserEnds];
