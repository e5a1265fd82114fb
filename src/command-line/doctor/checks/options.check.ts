import { error, ok, type Check } from '../check.js';

/** Whether the server starts with these options. */
export const options: Check = {
  id: 'options',
  async look(patient) {
    try {
      await patient.open();
      return ok('The module set starts with these options.');
    } catch (fault) {
      return error(
        `The server refuses to start: ${(fault as Error).message}`,
        'Change the option that the sentence names.',
      );
    }
  },
};
