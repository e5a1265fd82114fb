import { apiKeyCommands } from './commands/api-key.commands.js';
import { clientCommands } from './commands/client.commands.js';
import { doctorCommand } from './commands/doctor.command.js';
import { keysCommands } from './commands/keys.commands.js';
import { migrateCommands } from './commands/migrate.commands.js';
import { openapiCommand } from './commands/openapi.command.js';
import { pruneCommand } from './commands/prune.command.js';
import { usersCommands } from './commands/users.commands.js';
import { importCommands } from './import/better-auth/better-auth.command.js';
import type { AddCommands } from './program.js';

/** Every command, in the order of the help. A new one is a line here. */
export const COMMANDS: readonly AddCommands[] = [
  doctorCommand,
  migrateCommands,
  keysCommands,
  clientCommands,
  apiKeyCommands,
  usersCommands,
  pruneCommand,
  openapiCommand,
  importCommands,
];
