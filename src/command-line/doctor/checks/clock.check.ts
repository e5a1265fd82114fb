import { error, ok, warning, type Check } from '../check.js';

const WARNING_SECONDS = 5;
const ERROR_SECONDS = 60;
const REMEDY = 'Let an NTP service (chrony, systemd-timesyncd) set the clocks of both machines.';

/** Whether this machine and the database tell the same time. */
export const clock: Check = {
  id: 'clock',
  async look(patient) {
    const source = await patient.database();
    const before = patient.io.now();
    const [row] = await source.query<{ ms: number }[]>(
      'SELECT (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS ms',
    );
    // The database read its clock at some time between the two.
    const after = patient.io.now();
    const seconds = (row!.ms < before ? before - row!.ms : Math.max(0, row!.ms - after)) / 1000;
    if (seconds < WARNING_SECONDS) return ok('This machine and the database tell the same time.');
    const sentence = `The clock of this machine is ${Math.round(seconds)} seconds ${row!.ms < before ? 'ahead of' : 'behind'} the database's.`;
    return seconds < ERROR_SECONDS
      ? warning(sentence, REMEDY)
      : error(`${sentence} Other servers refuse its tokens.`, REMEDY);
  },
};
