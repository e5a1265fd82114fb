import { Logger } from '@nestjs/common';
import type { ApplicationConfig, ModulesContainer } from '@nestjs/core';
import { isDeclared } from '../http/routes/auth-policy.js';
import { AuthGuard } from './auth.guard.js';

interface MessageServer {
  addHandler?(...args: unknown[]): unknown;
}

/** How Nest marks handlers of messages, and what guards stand on them. */
const PATTERN = 'microservices:pattern';
const GUARDS = '__guards__';
const MAX_NAMES = 10;

/**
 * Warns when `AuthGuard` is a global guard and a microservice of the application does not inherit it: Nest then leaves handlers without
 * decorators open. A microservice that inherits asks the configuration of the application for its global guards, just before it adds a handler.
 */
export class GlobalGuardNotice {
  private readonly logger = new Logger('AuthGuard');
  private asked = 0;

  constructor(
    private readonly config: ApplicationConfig,
    private readonly modules: ModulesContainer,
  ) {
    const { getGlobalGuards } = config;
    config.getGlobalGuards = () => {
      this.asked++;
      return getGlobalGuards.call(config);
    };
    modules.getRpcTargetRegistry<MessageServer>().subscribe((server) => this.watch(server));
  }

  private watch(server: MessageServer): void {
    const { addHandler } = server;
    if (typeof addHandler !== 'function') return;
    const before = this.asked;
    let isFirst = true;
    server.addHandler = (...args) => {
      // Only the first tells: when it is added, nothing but the microservice has run since.
      if (isFirst && this.asked === before) this.warn(server);
      isFirst = false;
      return addHandler.apply(server, args);
    };
  }

  private warn(server: MessageServer): void {
    if (!this.config.getGlobalGuards().some((guard) => guard instanceof AuthGuard)) return;
    const open = this.openHandlers();
    if (open.length === 0) return;
    const names = open.slice(0, MAX_NAMES).join(', ') + (open.length > MAX_NAMES ? ', …' : '');
    this.logger.warn(
      `${server.constructor.name}: messages to ${names} are open. Nest applies global guards to a microservice of a hybrid application only when ` +
        'it inherits them: connectMicroservice(options, { inheritAppConfig: true }). Or put @BearerAuth() or @Public() on each handler.',
    );
  }

  private openHandlers(): string[] {
    const controllers = [...this.modules.values()].flatMap((module) => [...module.controllers.values()]);
    return controllers.flatMap(({ metatype }) => (metatype ? openHandlersOf(metatype) : []));
  }
}

function openHandlersOf(controller: Function): string[] {
  const prototype = controller.prototype as object;
  return Object.getOwnPropertyNames(prototype)
    .filter((name) => {
      const handler: unknown = Object.getOwnPropertyDescriptor(prototype, name)?.value;
      return typeof handler === 'function' && Reflect.hasMetadata(PATTERN, handler) && isOpen(handler, controller);
    })
    .map((name) => `${controller.name}.${name}`);
}

function isOpen(handler: Function, controller: Function): boolean {
  return !isDeclared(handler, controller) && ![handler, controller].some((one) => Reflect.hasMetadata(GUARDS, one));
}
