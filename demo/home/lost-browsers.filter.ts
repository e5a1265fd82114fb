import { Catch, NotFoundException, type ArgumentsHost } from '@nestjs/common';
import { BaseExceptionFilter } from '@nestjs/core';
import type { IncomingHttpHeaders } from 'node:http';
import { documentOf, markup } from '../markup.js';

const BODY = markup`<p>The address may be mistyped, or the page no longer exists.</p><p><a class="button" id="home" href="/">Go to the first page</a></p>`;

/** A page for browsers at addresses that the demo does not have; programs get JSON. Our library does the same for its own addresses. */
@Catch(NotFoundException)
export class LostBrowsersFilter extends BaseExceptionFilter {
  override catch(exception: NotFoundException, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const { headers } = http.getRequest<{ headers: IncomingHttpHeaders }>();
    if (headers.accept?.includes('text/html') !== true) return super.catch(exception, host);
    const adapter = this.applicationRef ?? this.httpAdapterHost?.httpAdapter;
    if (!adapter) return super.catch(exception, host);
    const response = http.getResponse<unknown>();
    adapter.setHeader(response, 'Content-Type', 'text/html; charset=utf-8');
    adapter.reply(response, documentOf('Page not found', BODY), 404);
  }
}
