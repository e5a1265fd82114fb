import { Controller, Get } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiKeyAuth, Auth, BearerAuth, CurrentPrincipal, Scopes, type AuthPrincipal } from 'nest-authority';

/** Routes of the host, protected by our decorators. */
@Controller()
@ApiTags('Host routes')
export class PingController {
  @Get('ping')
  @ApiOperation({ summary: 'Open to everybody' })
  ping() {
    return { pong: true };
  }

  @Get('ping/api-key')
  @ApiKeyAuth()
  @ApiOperation({ summary: 'Takes an API key' })
  withApiKey() {
    return { pong: true };
  }

  @Get('ping/bearer')
  @BearerAuth()
  @ApiOperation({ summary: 'Takes a bearer token' })
  withBearer() {
    return { pong: true };
  }

  @Get('ping/either')
  @ApiKeyAuth()
  @BearerAuth()
  @ApiOperation({ summary: 'Takes an API key or a bearer token' })
  withEither() {
    return { pong: true };
  }

  @Get('ping/scoped')
  @Auth('bearer', 'apiKey', 'session')
  @Scopes('reports:read')
  @ApiOperation({ summary: 'Takes any credential that has the scope reports:read' })
  scoped() {
    return { pong: true };
  }

  @Get('whoami')
  @Auth('bearer', 'apiKey', 'session')
  @ApiOperation({ summary: 'The principal of the presented credential' })
  whoami(@CurrentPrincipal() principal: AuthPrincipal) {
    return principal;
  }
}
