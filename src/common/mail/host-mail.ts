import type { Type } from '@nestjs/common';
import type { ModuleRef } from '@nestjs/core';
import { hostPart } from '../host-part.js';
import type { Mail } from './mail.js';

type Given = Type<Mail> | Mail | Mail['send'];

/** What the host has given to send mail by, made once. */
export class HostMail {
  private made: Promise<Mail> | undefined;

  constructor(
    private readonly moduleRef: ModuleRef,
    private readonly given: Given,
  ) {}

  /** @throws Error with the remedy when it cannot send */
  get(): Promise<Mail> {
    this.made ??= this.make();
    return this.made;
  }

  private async make(): Promise<Mail> {
    const { given } = this;
    const mail = isFunction(given) ? { send: given } : await hostPart(this.moduleRef, given);
    if (typeof mail.send !== 'function')
      throw new Error('mail: it has no send(). Give a function, or a class or an object that implements Mail.');
    return mail;
  }
}

/** A class is written as one, or has its methods on the prototype, where a function has none. */
function isFunction(given: Given): given is Mail['send'] {
  if (typeof given !== 'function') return false;
  const { prototype } = given as { prototype?: object };
  const isClass = /^class\b/.test(Function.prototype.toString.call(given));
  return !isClass && (prototype === undefined || Object.getOwnPropertyNames(prototype).length < 2);
}
