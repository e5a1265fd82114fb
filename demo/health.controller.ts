import { Controller, Get, Header, ServiceUnavailableException } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiServiceUnavailableResponse, ApiTags } from '@nestjs/swagger';
import { Public } from 'nest-authority';
import { Health } from './answers.js';
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
  @Public()
  @ApiOperation({
    operationId: 'health',
    summary: 'The process is alive',
    description: 'Says nothing about the database.',
  })
  @ApiOkResponse({ type: Health })
  @Header('Cache-Control', 'no-store')
  health() {
    return { status: 'ok' };
  }

  /** Requests can be served: false while the database is away, and during shutdown. */
  @Get('ready')
  @Public()
  @ApiOperation({
    operationId: 'ready',
    summary: 'Requests can be served',
    description: 'False while the database is away, and during shutdown.',
  })
  @ApiOkResponse({ type: Health })
  @ApiServiceUnavailableResponse({ type: Health, description: 'Not now' })
  @Header('Cache-Control', 'no-store')
  async ready() {
    if (!this.lifecycle.closing && (await this.database.isReady())) return { status: 'ready' };
    throw new ServiceUnavailableException({ status: this.lifecycle.closing ? 'closing' : 'database unavailable' });
  }
}
