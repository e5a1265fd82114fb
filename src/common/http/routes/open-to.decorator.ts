import { SetMetadata } from '@nestjs/common';

/** Whose scripts may call a route. Which origins those have, says the capability that knows them (`Cors.openTo`). */
export type ScriptsOf = 'clients' | 'registrants' | 'devices';

export const OPEN_TO = 'nest-authority:open-to';

/** Marks a route that scripts of other origins may call, if some capability says which. */
export const OpenTo = (whom: ScriptsOf) => SetMetadata(OPEN_TO, whom);
