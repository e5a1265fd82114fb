import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from 'pg';
import { Connections } from '../../../common/database/connections.js';
import type { Statement } from '../../../common/database/database.js';
import { sentenceOf } from '../../output/sentence-of.js';
import { error, ok, warning, type Check, type Finding } from '../check.js';

const CHANNEL = 'nest_authority_doctor';
const HEAR_MILLISECONDS = 2_000;
const ROUNDS = 3;
const PID: Statement = { name: 'auth_doctor_pid', text: 'SELECT pg_backend_pid() AS pid' };
const REMEDY =
  'Give the data source a direct address, or a pool in session mode. With transaction mode revocations by other processes count only after cacheTtl.';

/**
 * Whether a connection keeps one database session. Behind a pooler in transaction mode it does not: prepared statements get lost, and
 * notifications of revocations do not arrive. Asked over connections as the server opens them.
 */
export const pooler: Check = {
  id: 'pooler',
  async look(patient) {
    const connections = new Connections(await patient.database());
    const pair = [connections.single('nest-authority doctor'), connections.single('nest-authority doctor')] as const;
    for (const client of pair) client.on('error', () => undefined);
    try {
      await Promise.all(pair.map((client) => client.connect()));
      return (
        (await changesSession(...pair)) ?? (await isDeaf(...pair)) ?? ok('A connection keeps its database session.')
      );
    } catch (fault) {
      return error(`What stands before the database refuses what the server does: ${sentenceOf(fault)}`, REMEDY);
    } finally {
      await Promise.race([Promise.allSettled(pair.map((client) => client.end())), sleep(1_000, null, { ref: false })]);
    }
  },
};

/** While the second has an open transaction, a pooler gives the first another session than before. */
async function changesSession(first: Client, second: Client): Promise<Finding | null> {
  // Prepared, as every statement of the server is.
  const pid = async (client: Client) => (await client.query<{ pid: number }>({ ...PID })).rows[0]!.pid;
  for (let round = 0; round < ROUNDS; round++) {
    const before = await pid(first);
    await second.query('BEGIN');
    await second.query('SELECT 1');
    const after = await pid(first);
    await second.query('ROLLBACK');
    if (before !== after)
      return warning(
        `A pooler in transaction mode stands before the database: sessions ${before} and ${after} served one connection.`,
        REMEDY,
      );
  }
  return null;
}

/** LISTEN that succeeds proves nothing; a notification that arrives does. */
async function isDeaf(first: Client, second: Client): Promise<Finding | null> {
  const heard = new Promise<true>((resolve) => first.on('notification', () => resolve(true)));
  await first.query(`LISTEN ${CHANNEL}`);
  await second.query(`NOTIFY ${CHANNEL}`);
  const isHeard = await Promise.race([heard, sleep(HEAR_MILLISECONDS, false, { ref: false })]);
  return isHeard ? null : warning('LISTEN succeeds, but notifications do not arrive.', REMEDY);
}
