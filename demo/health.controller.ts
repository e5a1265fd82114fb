import { Controller, Get, Header, ServiceUnavailableException } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { DemoDatabase } from './database.js';
import { Lifecycle } from './lifecycle.js';

/** For load balancers and supervisors. */
@Controller()
@ApiTags('Health')
export class HealthController {
  constructor(
    private readonly database: DemoDatabase,
    private readonly lifecycle: Lifecycle,
  ) {}

  /** The process is alive; says nothing about the database. */
  @Get('health')
  @ApiOperation({ summary: 'The process is alive' })
  @Header('Cache-Control', 'no-store')
  health() {
    return { status: 'ok' };
  }

  /** Requests can be served: false while the database is away, and during shutdown. */
  @Get('ready')
  @ApiOperation({ summary: 'Requests can be served' })
  @Header('Cache-Control', 'no-store')
  async ready() {
    if (!this.lifecycle.closing && (await this.database.isReady())) return { status: 'ready' };
    throw new ServiceUnavailableException({ status: this.lifecycle.closing ? 'closing' : 'database unavailable' });
  }
}
