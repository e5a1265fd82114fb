import type { SwaggerDocumentOptions } from '@nestjs/swagger';
import type { Route } from './routes.js';

/** Where swagger keeps further members of an operation; it copies them into the document. */
const EXTENSIONS = 'swagger/apiExtension';
const MARK = 'x-nest-authority-handler';
const SEPARATOR = '\u0000';

type IdFactory = NonNullable<SwaggerDocumentOptions['operationIdFactory']>;

/** An operation as swagger makes it. */
export type Operation = Record<string, unknown>;

/**
 * Finds the route behind each operation that swagger makes. Swagger tells neither handler nor controller, but copies extensions of the
 * handler and asks for an id with the name of the controller.
 */
export class MarkedRoutes {
  private readonly before: { readonly handler: Function; readonly extensions: unknown }[] = [];
  private readonly byMark = new Map<string, Route[]>();

  constructor(
    routes: readonly Route[],
    private readonly hostIds: IdFactory = (controller, method, version) =>
      [controller, method, version].filter(Boolean).join('_'),
  ) {
    const marks = new Map<Function, string>();
    for (const route of routes) {
      const { handler } = route;
      const mark = marks.get(handler) ?? String(marks.size);
      if (!marks.has(handler)) this.mark(handler, mark);
      marks.set(handler, mark);
      this.byMark.set(mark, [...(this.byMark.get(mark) ?? []), route]);
    }
  }

  /** For swagger, while it makes the document. */
  readonly idFactory: IdFactory = (controller, method, version) => [controller, method, version ?? ''].join(SEPARATOR);

  /** Takes the marks from an operation, and gives it the id that the host's factory makes. */
  take(operation: Operation): Route | undefined {
    const mark = operation[MARK] as string | undefined;
    delete operation[MARK];
    const routes = this.byMark.get(mark ?? '') ?? [];
    const { operationId } = operation;
    if (typeof operationId !== 'string' || !operationId.includes(SEPARATOR)) return routes[0];
    const [controller = '', method = '', version = ''] = operationId.split(SEPARATOR);
    operation['operationId'] = this.hostIds(controller, method, version === '' ? undefined : version);
    return routes.find((route) => route.controller.name === controller) ?? routes[0];
  }

  /** Leaves the handlers as they were: the host may make further documents. */
  restore(): void {
    for (const { handler, extensions } of this.before) {
      if (extensions === undefined) Reflect.deleteMetadata(EXTENSIONS, handler);
      else Reflect.defineMetadata(EXTENSIONS, extensions, handler);
    }
  }

  private mark(handler: Function, mark: string): void {
    const extensions = Reflect.getMetadata(EXTENSIONS, handler) as object | undefined;
    this.before.push({ handler, extensions });
    Reflect.defineMetadata(EXTENSIONS, { ...extensions, [MARK]: mark }, handler);
  }
}
