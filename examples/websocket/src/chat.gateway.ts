import { MessageBody, SubscribeMessage, WebSocketGateway, WebSocketServer } from '@nestjs/websockets';
import { Auth, CurrentUser, type HostUser } from 'nest-authority';
import { WebSocket, type WebSocketServer as Server } from 'ws';

/** Guarded as a class: nobody connects without a credential, and a connection ends with its credential. */
@WebSocketGateway({ path: '/chat' })
@Auth('bearer', 'session')
export class ChatGateway {
  @WebSocketServer()
  private readonly server!: Server;

  @SubscribeMessage('say')
  say(@MessageBody() text: string, @CurrentUser() user: HostUser): void {
    const said = JSON.stringify({ event: 'said', data: { by: user.name, text: String(text) } });
    for (const client of this.server.clients) if (client.readyState === WebSocket.OPEN) client.send(said);
  }
}
