import type { INestApplicationContext, Type } from '@nestjs/common';

/** A provider of a capability, for helpers of tests. @throws Error when the application has no such capability */
export function providerOf<T>(app: INestApplicationContext, type: Type<T>): T {
  try {
    return app.get(type, { strict: false });
  } catch {
    throw new Error(`${type.name} is not in this application: enable the capability in the options of AuthModule.`);
  }
}
