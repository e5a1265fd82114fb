import { Injectable, Logger } from '@nestjs/common';

/**
 * Events and their members. Emitted after the commit, without secrets. Capabilities add their own by declaration merging.
 */
export interface AuthEventMap {
  'tokens.issued': {
    /** Null: a client's own token, which has no family. */
    familyId: string | null;
    subjectId: string;
    clientId: string | null;
    source: string;
    scopes: readonly string[];
  };
  'tokens.refreshed': { familyId: string; subjectId: string; clientId: string | null };
  /** A rotated refresh token was presented again, so a copy exists. Its family was revoked. */
  'tokens.reuse-detected': { familyId: string; subjectId: string; clientId: string | null };
  'tokens.revoked': { selector: string; id: string; reason: string };
  'user.created': { subjectId: string };
  'subject.ended': { subjectId: string; end: 'disabled' | 'forgotten' };
  'subject.enabled': { subjectId: string };
}

export type AuthEventName = keyof AuthEventMap;
export type AuthEventListener<Name extends AuthEventName> = (event: AuthEventMap[Name]) => void | Promise<void>;
/** The argument of a listener of all events. */
export type AnyAuthEvent = {
  [Name in AuthEventName]: { name: Name; event: AuthEventMap[Name]; at: Date };
}[AuthEventName];

/**
 * Typed emitter. A listener that fails is logged and never fails the request that caused the event.
 *
 * @example
 * const events = app.get(AuthEvents);
 * events.on('subject.ended', ({ subjectId, end }) => logger.log(`${subjectId} was ${end}`));
 * events.onAny(({ name, event, at }) => logger.log({ at, name, event })); // an audit log
 */
@Injectable()
export class AuthEvents {
  private readonly logger = new Logger('AuthEvents');
  private readonly listeners = new Map<string, Set<(event: never) => void | Promise<void>>>();
  private readonly observers = new Set<(event: AnyAuthEvent) => void | Promise<void>>();

  /** @returns a function that removes the listener */
  on<Name extends AuthEventName>(name: Name, listener: AuthEventListener<Name>): () => void {
    const set = this.listeners.get(name) ?? new Set();
    this.listeners.set(name, set);
    set.add(listener as (event: never) => void);
    return () => set.delete(listener as (event: never) => void);
  }

  /** Listens to every event, e.g. for an audit log. @returns a function that removes the listener */
  onAny(listener: (event: AnyAuthEvent) => void | Promise<void>): () => void {
    this.observers.add(listener);
    return () => this.observers.delete(listener);
  }

  emit<Name extends AuthEventName>(name: Name, event: AuthEventMap[Name]): void {
    const frozen = Object.freeze({ ...event });
    for (const listener of this.listeners.get(name) ?? []) this.run(name, () => listener(frozen as never));
    if (this.observers.size === 0) return;
    const any = { name, event: frozen, at: new Date() } as unknown as AnyAuthEvent;
    for (const observer of this.observers) this.run(name, () => observer(any));
  }

  private run(name: string, call: () => void | Promise<void>): void {
    const failed = (error: unknown) => this.logger.error(`A listener of ${name} failed: ${String(error)}`);
    try {
      Promise.resolve(call()).catch(failed);
    } catch (error) {
      failed(error);
    }
  }
}
