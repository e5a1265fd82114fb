import { z } from 'zod';

/** The field of `AccountArea.form`, in the schema of a form: the user to whom it was shown. */
export const shownTo = z.string().max(255).default('');

/** The query of a page that a form leads back to: what it has done. Unknown names say nothing. */
export const done = z.string().max(64).optional();
