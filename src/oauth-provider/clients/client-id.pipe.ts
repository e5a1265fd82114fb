import type { PipeTransform } from '@nestjs/common';

const ADDRESS = /^https%3a%2f%2f/i;

/**
 * A client id in a path. One that is an address is percent-encoded twice (`https%253A%252F%252F…`): routers and proxies disagree about an
 * encoded slash, so a path that has one is refused.
 */
export class ClientIdPipe implements PipeTransform<string, string> {
  transform(given: string): string {
    if (!ADDRESS.test(given)) return given;
    try {
      return decodeURIComponent(given);
    } catch {
      return given;
    }
  }
}
