import { UsersService, type HostUser } from '../../index.js';
import { CommandFailure } from '../command-failure.js';
import { requireCapability } from '../host/require-capability.js';
import type { Invocation } from '../invocation.js';

/** The user of this id or e-mail address. @throws CommandFailure when there is none */
export async function findUser(
  invocation: Invocation,
  name: string,
): Promise<{ service: UsersService; user: HostUser }> {
  await requireCapability(invocation, 'accounts');
  const service = (await invocation.open()).get(UsersService, { strict: false });
  const user = (await service.find(name)) ?? (await service.findByEmail(name));
  if (!user) throw CommandFailure.failed(`No user has the id or the e-mail address ${JSON.stringify(name)}.`);
  return { service, user };
}
