import { error, ok, type Check } from '../check.js';

/** The first version that is served. */
const OLDEST_VERSION = 13;

/** Whether the database answers, and is new enough. */
export const database: Check = {
  id: 'database',
  async look(patient) {
    let version: string;
    try {
      const source = await patient.connect();
      const [row] = await source.query<{ server_version: string }[]>('SHOW server_version');
      version = row!.server_version;
    } catch (fault) {
      return error(
        (fault as Error).message,
        'Check the address, the password and the network; then ask the doctor again.',
      );
    }
    if (Number.parseInt(version, 10) >= OLDEST_VERSION) return ok(`PostgreSQL ${version} answers.`);
    return error(`PostgreSQL ${version} is too old.`, `Move the database to PostgreSQL ${OLDEST_VERSION} or newer.`);
  },
};
