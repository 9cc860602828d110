/** NestJS on Express with `@nestjs/swagger`: models by `@ApiOkResponse`. */
import 'reflect-metadata'
import {
  Body,
  Controller,
  Get,
  HttpException,
  Module,
  Param,
  ParseIntPipe,
  Post,
  StreamableFile,
  UnauthorizedException,
  UseGuards,
  type CanActivate,
  type ExecutionContext,
} from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { ApiBody, ApiNotFoundResponse, ApiOkResponse, ApiParam, ApiProperty, DocumentBuilder, SwaggerModule } from '@nestjs/swagger'
import { Readable } from 'node:stream'
import { endless, failing, port, producer, row } from './shared.ts'

class User {
  @ApiProperty({ type: 'integer' }) id!: number
  @ApiProperty({ type: String }) email!: string
}

class Problem {
  @ApiProperty({ type: String }) detail!: string
}

class SessionGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    if (context.switchToHttp().getRequest<Request & { headers: { authorization?: string } }>().headers.authorization !== undefined)
      return true
    throw new UnauthorizedException()
  }
}

@Controller()
class UsersController {
  @Get('row')
  @ApiOkResponse({ type: User })
  row() {
    return row
  }

  @Get('broken')
  @ApiOkResponse({ type: User })
  broken() {
    return { ...row, id: 'SECRET' }
  }

  @Get('undeclared')
  @ApiOkResponse({ type: User })
  undeclared() {
    throw new HttpException({ secret: 'SECRET' }, 418)
  }

  @Get('missing')
  @ApiOkResponse({ type: User })
  @ApiNotFoundResponse({ type: Problem })
  missing() {
    throw new HttpException({ detail: 'User not found', secret: 'SECRET' }, 404)
  }

  @Get('throws')
  @ApiOkResponse({ type: User })
  throws() {
    throw new Error('SECRET')
  }

  @Get('users/:user_id')
  @ApiParam({ name: 'user_id', type: 'integer' })
  @ApiOkResponse({ type: User })
  find(@Param('user_id', ParseIntPipe) _id: number) {
    return row
  }

  @Post('guarded')
  @UseGuards(SessionGuard)
  @ApiBody({ type: User })
  @ApiOkResponse({ type: User })
  guarded(@Body() body: unknown) {
    return body
  }

  @Get('failing')
  failing() {
    return new StreamableFile(Readable.from(failing()))
  }

  @Get('endless')
  endless() {
    return new StreamableFile(Readable.from(endless()))
  }

  @Get('producer')
  producer() {
    return producer
  }
}

@Module({ controllers: [UsersController] })
class AppModule {}

const app = await NestFactory.create(AppModule, { logger: false })
const document = SwaggerModule.createDocument(app, new DocumentBuilder().setTitle('Users').build())
SwaggerModule.setup('docs', app, document, { jsonDocumentUrl: 'openapi.json' })
await app.listen(port, '127.0.0.1')
