import { v5, validate } from 'uuid';

/** Of ids that are made of others (RFC 9562 5.5); chosen once. */
const NAMESPACE = '6d1c1f8e-6f1b-4c0e-9a51-5b1d2f3c7e90';

/** The id here of a row there: the same, if it is a UUID; otherwise one that is made of it, the same in every run. */
export function movedId(kind: string, id: string): string {
  return validate(id) ? id.toLowerCase() : v5(`${kind}:${id}`, NAMESPACE);
}
