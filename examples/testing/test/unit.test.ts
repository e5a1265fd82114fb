import { Test } from '@nestjs/testing';
import type { HostUser } from 'nest-authority';
import { ReportsController } from '../src/reports.controller.js';
import { ReportsService } from '../src/reports.service.js';

describe('ReportsController', () => {
  it('lists the reports of the user', async () => {
    const moduleRef = await Test.createTestingModule({
      controllers: [ReportsController],
      providers: [ReportsService],
    }).compile();

    const ann = { id: 'ann' } as HostUser;
    expect(moduleRef.get(ReportsController).list(ann)).toEqual(['Report of ann']);
  });
});
