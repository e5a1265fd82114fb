import { Controller, Get, Header, ServiceUnavailableException } from '@nestjs/common';
import { DemoDatabase } from './database.js';
import { Lifecycle } from './lifecycle.js';

/** For load balancers and supervisors. */
@Controller()
export class HealthController {
  constructor(
    private readonly database: DemoDatabase,
    private readonly lifecycle: Lifecycle,
  ) {}

  /** The process is alive; says nothing of the database. */
  @Get('health')
  @Header('Cache-Control', 'no-store')
  health() {
    return { status: 'ok' };
  }

  /** Requests can be served: not while the database is away, nor while the process is going down. */
  @Get('ready')
  @Header('Cache-Control', 'no-store')
  async ready() {
    if (!this.lifecycle.closing && (await this.database.isReady())) return { status: 'ready' };
    throw new ServiceUnavailableException({ status: this.lifecycle.closing ? 'closing' : 'database unavailable' });
  }
}
