import type { Provider, Type } from '@nestjs/common';
import { ChangeEmailController } from './change-email.controller.js';
import { EmailChangePageController } from './email-change-page.controller.js';
import { EmailChanges } from './email-changes.js';
import { EmailUndo } from './email-undo.js';

export const emailChangeProviders: Provider[] = [EmailChanges, EmailUndo];
export const emailChangeControllers: Type[] = [ChangeEmailController, EmailChangePageController];
