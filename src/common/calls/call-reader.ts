import type { ExecutionContext } from '@nestjs/common';
import type { GuardedRequest } from '../http/request/request-context.js';

/**
 * Finds the request behind a call of one kind (`context.getType()`). What it returns was opened by our edge, or made by us from what the
 * transport itself tells of the connection or the message: never the message, which is data of its sender (F01).
 * @returns null when there is none
 */
export type CallReader = (context: ExecutionContext) => GuardedRequest | null;
