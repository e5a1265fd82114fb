import { Controller, Delete, Module } from '@nestjs/common';
import { BearerAuth, ResourceServerModule, Roles } from 'nest-authority/resource-server';

@Controller('reports')
@BearerAuth()
class ReportsController {
  @Delete() @Roles('admin') clear() {
    return { cleared: true };
  }
}

@Module({
  imports: [
    ResourceServerModule.forRoot({
      issuers: [{ issuer: 'https://login.example.com/realms/shop', type: 'JWT', claims: { typ: 'Bearer' } }],
      audience: 'https://api.example.com', // what their `aud` calls this server
      roles: 'realm_access.roles',
    }),
  ],
  controllers: [ReportsController],
})
export class AppModule {}
