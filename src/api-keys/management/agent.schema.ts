import { z } from 'zod';

export const AgentSchema = z
  .object({
    id: z.string().max(100).optional().meta({
      description: 'Keys that name the same one have the same agent. Default: an agent of its own.',
      example: 'travel',
    }),
    name: z.string().max(1_000).meta({ description: 'For people.', example: 'Travel assistant' }),
  })
  .meta({ description: 'Whom the key is made for: a program that acts for the owner.' });
