import type { Provider, Type } from '@nestjs/common';
import { CodeChangeController } from './code-change.controller.js';
import { CodeChanges } from './code-changes.js';
import { CodeGuesses } from './code-guesses.js';
import { CodeOrders } from './code-orders.js';
import { CodePageController } from './code-page.controller.js';
import { CodeSignIns } from './code-sign-ins.js';
import { EmailCodeController } from './email-code.controller.js';

export const emailCodeProviders: Provider[] = [CodeOrders, CodeGuesses, CodeSignIns, CodeChanges];
export const emailCodeControllers: Type[] = [EmailCodeController, CodeChangeController, CodePageController];
