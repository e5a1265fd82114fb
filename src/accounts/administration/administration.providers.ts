import type { Provider, Type } from '@nestjs/common';
import { AdminSessionsController } from './admin-sessions.controller.js';
import { AdminUserChangesController } from './admin-user-changes.controller.js';
import { AdminUsersController } from './admin-users.controller.js';
import { AdministeredUsers } from './administered-users.js';
import { AdministrationLog } from './administration.log.js';
import { AdministratorsGuard, AdministratorsSwitch } from './administrators.guard.js';
import { ImpersonationController } from './impersonation.controller.js';
import { Impersonations } from './impersonations.js';
import { UserAdministration } from './user-administration.js';
import { UserChanges } from './user-changes.js';
import { UsersService } from './users.service.js';

export const administrationProviders: Provider[] = [
  UserChanges,
  AdministeredUsers,
  AdministrationLog,
  UserAdministration,
  Impersonations,
  AdministratorsSwitch,
  AdministratorsGuard,
  UsersService,
];

export const administrationControllers: Type[] = [
  AdminUsersController,
  AdminUserChangesController,
  AdminSessionsController,
  ImpersonationController,
];
