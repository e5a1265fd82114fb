import { z } from 'zod';
import { bodySchema } from '../../common/http/request/schema.pipe.js';
import { callbackURL, email } from '../account.schemas.js';

export const ChangeEmailBody = bodySchema('AuthChangeEmailBody', {
  newEmail: email.meta({ description: 'The address to have instead.', example: 'ada@example.org' }),
  callbackURL,
});
export const EmailChangePageQuery = z.object({
  done: z.enum(['confirmed', 'changed']).catch('changed'),
  error: z.string().max(64).optional(),
});
export const UndoQuery = z.object({ token: z.string().max(512).optional(), done: z.literal('undone').optional() });
export const UndoForm = bodySchema('AuthUndoEmailChangeForm', { token: z.string().max(512).default('') });
