import type { Type } from '@nestjs/common';
import type { ModuleRef } from '@nestjs/core';

/** What the host gives as an object or as a class: a class is a provider of the host, or Nest creates it with its dependencies. */
export async function hostPart<T extends object>(moduleRef: ModuleRef, given: Type<T> | T): Promise<T> {
  if (typeof given !== 'function') return given;
  try {
    return moduleRef.get(given as Type<T>, { strict: false });
  } catch {
    return moduleRef.create(given as Type<T>);
  }
}
