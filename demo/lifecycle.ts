import { Injectable } from '@nestjs/common';
import type { ServerResponse } from 'node:http';

/** Whether the process is shutting down, and which replies are still open. */
@Injectable()
export class Lifecycle {
  closing = false;
  private readonly open = new Set<ServerResponse>();

  /** From now on every reply, also an open one, is the last on its connection: otherwise a client would lose its next request. */
  close(): void {
    this.closing = true;
    for (const response of this.open) endConnection(response);
  }

  track(response: ServerResponse): void {
    if (this.closing) endConnection(response);
    this.open.add(response);
    response.on('close', () => this.open.delete(response));
  }
}

function endConnection(response: ServerResponse): void {
  if (!response.headersSent) response.setHeader('Connection', 'close');
}
