import {
  ArgumentsHost,
  BadRequestException,
  Body,
  Catch,
  Controller,
  Get,
  HttpException,
  NotFoundException,
  Post,
  Injectable,
  type ArgumentMetadata,
  type CallHandler,
  type ExceptionFilter,
  type ExecutionContext,
  type NestInterceptor,
  type PipeTransform,
} from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { map } from 'rxjs';
import { z } from 'zod';
import { AuthContext, BearerAuth, CurrentPrincipal, type AuthPrincipal } from '../../src/index.js';

const HostBody = z.strictObject({ name: z.string() });

/** Routes of a host. */
@Controller('shop')
export class ShopController {
  constructor(private readonly context: AuthContext) {}

  @Get('fails')
  fails() {
    throw new NotFoundException('no such article');
  }

  @Get('crashes')
  crashes() {
    throw new Error('a fault of the host');
  }

  @Get('guarded')
  @BearerAuth()
  guarded(@CurrentPrincipal() principal: AuthPrincipal) {
    return { subject: principal.subjectId };
  }

  @Post('strict')
  strict(@Body({ schema: HostBody }) body: z.infer<typeof HostBody>) {
    return body;
  }

  @Post('who')
  async who(@Body() body: { note?: string }) {
    return { note: body?.note, user: (await this.context.user())?.id ?? null };
  }
}

/** A route of the host's own below our prefix. */
@Controller('api/auth/custom')
export class CustomAuthController {
  @Post('echo')
  echo(@Body() body: unknown) {
    return { echo: body };
  }

  @Get('fails')
  fails() {
    throw new NotFoundException('no such thing');
  }

  @Get('guarded')
  @BearerAuth()
  guarded(@CurrentPrincipal() principal: AuthPrincipal) {
    return { subject: principal.subjectId };
  }
}

/** Catches everything and replies in the host's own shape, as hosts do. */
@Catch()
@Injectable()
export class HostCatchAll implements ExceptionFilter {
  constructor(private readonly adapterHost: HttpAdapterHost) {}

  catch(exception: unknown, host: ArgumentsHost): void {
    const status = exception instanceof HttpException ? exception.getStatus() : 500;
    const body = { host: true, problem: exception instanceof Error ? exception.message : 'unknown' };
    this.adapterHost.httpAdapter.reply(host.switchToHttp().getResponse(), body, status);
  }
}

/** A host that requires typed bodies, and trims every text. */
@Injectable()
export class HostilePipe implements PipeTransform {
  transform(value: unknown, { type, metatype }: ArgumentMetadata): unknown {
    if (type === 'body' && (metatype === undefined || metatype === Object)) {
      throw new BadRequestException('Declare a DTO class for this body');
    }
    return typeof value === 'string' ? value.trim() : value;
  }
}

/** Trims every text of every body. */
@Injectable()
export class TrimPipe implements PipeTransform {
  transform(value: unknown, { type }: ArgumentMetadata): unknown {
    if (type !== 'body' || typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, member]) => [key, typeof member === 'string' ? member.trim() : member]),
    );
  }
}

@Injectable()
export class WrapInterceptor implements NestInterceptor {
  intercept(_context: ExecutionContext, next: CallHandler) {
    return next.handle().pipe(map((data: unknown) => ({ data })));
  }
}
