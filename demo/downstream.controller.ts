import { BadGatewayException, Controller, Get, Inject, NotFoundException, Param } from '@nestjs/common';
import {
  ApiBadGatewayResponse,
  ApiNotFoundResponse,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiTags,
} from '@nestjs/swagger';
import { Auth, AuthError, ClientCredentialsService, OutboundFetch } from 'nest-authority';
import { DownstreamAnswer, HttpFault } from './answers.js';

/** Addresses to call, by application. */
export const DOWNSTREAM = Symbol('demo:downstream');
const TIMEOUT_MILLISECONDS = 5_000;
const MAX_CHARACTERS = 65_536;

/** Calls another API with the token that the library fetched and caches. */
@Controller('downstream')
@ApiTags('Host routes')
export class DownstreamController {
  constructor(
    private readonly credentials: ClientCredentialsService,
    private readonly outbound: OutboundFetch,
    @Inject(DOWNSTREAM) private readonly addresses: ReadonlyMap<string, string>,
  ) {}

  @Get(':application')
  @Auth('bearer', 'apiKey', 'session')
  @ApiOperation({
    operationId: 'callDownstream',
    summary: 'Calls the API of an application of AUTH_OUTBOUND_FILE with its cached token',
    description: 'The token is fetched once for all processes, and kept until shortly before it expires.',
  })
  @ApiParam({ name: 'application', type: String, description: 'A name of AUTH_OUTBOUND_FILE.' })
  @ApiOkResponse({ type: DownstreamAnswer })
  @ApiNotFoundResponse({ type: HttpFault, description: 'No application of that name' })
  @ApiBadGatewayResponse({ type: HttpFault, description: 'It does not answer' })
  async call(@Param('application') application: string) {
    const address = this.addresses.get(application);
    // Tells an unknown application from one without an address to call.
    await this.credentials.getToken(application);
    if (address === undefined) throw new NotFoundException(`AUTH_OUTBOUND_FILE names no url for this application`);
    try {
      const signal = AbortSignal.timeout(TIMEOUT_MILLISECONDS);
      const answer = await this.outbound.fetch(application, address, { signal, redirect: 'manual' });
      return { application, status: answer.status, body: (await answer.text()).slice(0, MAX_CHARACTERS) };
    } catch (error) {
      if (error instanceof AuthError) throw error;
      throw new BadGatewayException('The downstream API does not answer');
    }
  }
}
