import { Injectable } from '@nestjs/common';

@Injectable()
export class ReportsService {
  titlesFor(userId: string): string[] {
    return [`Report of ${userId}`];
  }
}
