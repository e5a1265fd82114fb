import type { AuthCapability } from '../../index.js';
import { enabledCapabilities } from '../../auth.options.js';
import { CommandFailure } from '../command-failure.js';
import type { Invocation } from '../invocation.js';

/** @throws CommandFailure when the options of the server leave the capability out */
export async function requireCapability(invocation: Invocation, name: AuthCapability): Promise<void> {
  const { options } = await invocation.readHost();
  if (enabledCapabilities(options).includes(name)) return;
  throw CommandFailure.failed(`The options of this server leave ${name} out. Add it to them: ${name}: true.`);
}
