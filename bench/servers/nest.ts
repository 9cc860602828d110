/** Nest on Express with zod by hand. */
import 'reflect-metadata'
import {
  Body,
  Controller,
  Delete,
  Get,
  Header,
  HttpCode,
  HttpException,
  Module,
  NotFoundException,
  Param,
  Post,
  Query,
} from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { z } from 'zod'
import { findUser, pageOf, port, TEXT } from './data.ts'
import { User, UserCreate, UserPage } from './models.ts'

const user = z.compile(User)
const page = z.compile(UserPage)
const create = z.compile(UserCreate)

@Controller()
class UsersController {
  @Get('users/:id')
  find(@Param('id') id: string) {
    const found = findUser(Number(id))
    if (found === undefined) throw new NotFoundException('User not found')
    return user.parse(found)
  }

  @Get('users')
  list(@Query('page') number = '1', @Query('size') size = '20') {
    return page.parse(pageOf(Number(number), Number(size)))
  }

  @Post('users')
  create(@Body() body: unknown) {
    if (!create.safeParse(body).success) throw new HttpException('Unprocessable Content', 422)
    return { id: 4_501, message: 'User created' }
  }

  @Delete('users/:id')
  @HttpCode(204)
  remove(): void {}

  @Get('new-path')
  @Header('content-type', 'text/plain; charset=utf-8')
  text() {
    return TEXT
  }
}

@Module({ controllers: [UsersController] })
class AppModule {}

const app = await NestFactory.create(AppModule, { logger: false })
await app.listen(port, '127.0.0.1')
