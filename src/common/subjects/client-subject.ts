const PREFIX = 'client:';

/**
 * The id of a client's row among the subjects. With this row a client ends as a user does, and tokens issued at that moment end too. The
 * capability that stores clients creates it together with the client.
 */
export function clientSubject(clientId: string): string {
  return `${PREFIX}${clientId}`;
}

/**
 * SQL: whether tokens that a client got in this epoch may still be good; true without a client, and never null. Whoever ends a client raises
 * the epoch of its subject, so this also ends tokens whose rows were written meanwhile and that nobody could mark (T107, ADR 15).
 * @param client, epoch columns, with the name of their table
 */
export function clientGoesOn(client: string, epoch: string): string {
  // A value, not EXISTS, which a plan for a small table would answer by a hash of all subjects.
  const current = `(SELECT c.epoch FROM auth_subject c WHERE c.subject = '${PREFIX}' || ${client})`;
  return `(${client} IS NULL OR COALESCE(${current} = ${epoch}, false))`;
}

/** SQL: the id of the client whose subject this is. Of the subject of a user it is nobody's id. */
export function clientOfSubject(subject: string): string {
  return `CASE WHEN starts_with(${subject}, '${PREFIX}') THEN substr(${subject}, ${PREFIX.length + 1}) END`;
}
