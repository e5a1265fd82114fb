import { McpServer, type ServerContext } from '@modelcontextprotocol/server';
import { principalOf } from 'nest-authority/mcp';
import { z } from 'zod';

/** Notes that each user may have: they are kept in memory. */
const MAX_NOTES = 100;
const notes = new Map<string, string[]>();

const NOTE = z.object({ note: z.string().min(1).max(500) });

/** A server for each request. */
export function notesServer(): McpServer {
  const server = new McpServer({ name: 'nest-authority demo', version: '1.0.0' });
  server.registerTool('whoami', { description: 'The user, the client, and what they may do' }, (context) => {
    const { subjectId, clientId, scopes } = callerOf(context);
    return text({ subjectId, clientId, scopes, notes: notes.get(subjectId) ?? [] });
  });
  server.registerTool(
    'add_note',
    { description: 'Keeps a note of the user', inputSchema: NOTE },
    ({ note }, context) => {
      const { subjectId } = callerOf(context);
      const kept = [...(notes.get(subjectId) ?? []), note].slice(-MAX_NOTES);
      notes.set(subjectId, kept);
      return text({ notes: kept.length });
    },
  );
  return server;
}

/** The guard of the route has let them in. */
const callerOf = (context: ServerContext) => principalOf(context)!;

const text = (value: unknown) => ({ content: [{ type: 'text' as const, text: JSON.stringify(value) }] });
