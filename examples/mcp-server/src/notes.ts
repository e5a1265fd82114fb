import { McpServer, type ServerContext } from '@modelcontextprotocol/server';
import { principalOf } from 'nest-authority/mcp';
import { z } from 'zod';

const notes = new Map<string, string[]>();

/** A server for each request: the SDK asks for one. */
export function notesServer(): McpServer {
  const server = new McpServer({ name: 'notes', version: '1.0.0' });
  server.registerTool('list_notes', { description: 'All notes of the user' }, (context) => text(notesOf(context)));
  const inputSchema = z.object({ note: z.string().min(1).max(500) });
  server.registerTool('add_note', { description: 'Keeps a note of the user', inputSchema }, ({ note }, context) => {
    notesOf(context).push(note);
    return text(`Kept: ${note}`);
  });
  return server;
}

/** Of the user whose token the client has sent. */
function notesOf(context: ServerContext): string[] {
  const { subjectId } = principalOf(context)!;
  const own = notes.get(subjectId) ?? [];
  notes.set(subjectId, own);
  return own;
}

const text = (value: unknown) => ({ content: [{ type: 'text' as const, text: JSON.stringify(value) }] });
