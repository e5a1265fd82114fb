import type { PipeTransform } from '@nestjs/common';
import type { ApplicationConfig } from '@nestjs/core';
import { AuthContext } from '../host/auth-context.js';
import type { AuthErrorFilter } from './auth-error.filter.js';
import type { EdgeScope } from './request-scope.js';

/**
 * Sets this project beside what the host has made global.
 * - Nest asks the filter that was added last first: ours comes last, so that a catch-all of the host does not take our errors. It
 *   takes only what is ours, so the host's errors still find the host's filter.
 * - Global pipes run before those of a controller, and would check, trim or refuse our bodies: they are spared on our controllers.
 */
export function standBesideGlobals(config: ApplicationConfig, filter: AuthErrorFilter): void {
  config.useGlobalFilters(filter);
  const pipes = config.getGlobalPipes();
  for (const [index, pipe] of pipes.entries()) pipes[index] = sparing(pipe);
}

function sparing(pipe: PipeTransform): PipeTransform {
  const isOurs = () => (AuthContext.scope as EdgeScope | undefined)?.served === true;
  // Made from the pipe itself, so that `instanceof` still tells what it is.
  return Object.assign(Object.create(pipe) as PipeTransform, {
    transform: ((value, metadata) =>
      isOurs() ? value : pipe.transform(value, metadata)) as PipeTransform['transform'],
  });
}
