import { Injectable } from '@nestjs/common';

/** Whether the process is going down. */
@Injectable()
export class Lifecycle {
  closing = false;
}
