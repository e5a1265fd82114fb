import { SetMetadata } from '@nestjs/common';

/**
 * Whose scripts may call a route. The capability that knows them says which origins they have (`Cors.openTo`). `nobody`: whatever CORS of the
 * host says.
 */
export type ScriptsOf = 'clients' | 'registrants' | 'devices' | 'nobody';

export const OPEN_TO = 'nest-authority:open-to';

/** Marks a route that scripts of other origins may call, if a capability says which. */
export const OpenTo = (whom: ScriptsOf) => SetMetadata(OPEN_TO, whom);
