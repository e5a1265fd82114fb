import { Injectable } from '@nestjs/common';
import { AuthEvents } from '../../common/events/auth-events.js';
import { callerOf, type GuardedRequest } from '../../common/http/request/request-context.js';
import type { Caller } from '../../common/ports/caller.js';
import type { AuthPrincipal } from '../../common/principal/auth-principal.js';

declare module '../../common/events/auth-events.js' {
  interface AuthEventMap {
    /** An administrator has looked at users or done something with one. `action` is the last part of the route, e.g. `ban-user`. */
    'user.administered': {
      action: string;
      actorId: string;
      /** Null: of no one user. */
      subjectId: string | null;
      ipAddress: string | null;
    };
  }
}

/** Who does it, and from where. */
export interface Administrator {
  readonly id: string;
  readonly caller: Caller;
}

/** Tells the host's listeners of every call of an administrator. */
@Injectable()
export class AdministrationLog {
  constructor(private readonly events: AuthEvents) {}

  note({ id, caller }: Administrator, action: string, subjectId: string | null): void {
    this.events.emit('user.administered', { action, actorId: id, subjectId, ipAddress: caller.address });
  }
}

export function administratorOf(principal: AuthPrincipal, request: GuardedRequest): Administrator {
  return { id: principal.subjectId, caller: callerOf(request) };
}
