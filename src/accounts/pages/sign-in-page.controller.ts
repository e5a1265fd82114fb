import { Body, Get, HttpCode, Post, Query, Req } from '@nestjs/common';
import type { z } from 'zod';
import { AuthController } from '../../common/http/edge/auth-controller.decorator.js';
import { DescribeRoute } from '../../common/http/routes/describe-route.js';
import type { HttpReply } from '../../common/http/request/reply.js';
import { callerOf, type GuardedRequest } from '../../common/http/request/request-context.js';
import { AcceptsForm, RendersPage } from '../../common/http/origins/request.guard.js';
import { SignInForm, SignInPageQuery, SignUpForm, type SignInFields, type SignUpFields } from './page.schemas.js';
import { SignInPages } from './sign-in-pages.service.js';

const TAG = 'Pages';

/** Sign-in and sign-up for browsers without script. */
@AuthController()
export class SignInPageController {
  constructor(private readonly pages: SignInPages) {}

  @Get('sign-in')
  @RendersPage()
  @DescribeRoute({ tag: TAG, summary: 'The sign-in page', hidden: true })
  showSignIn(@Query({ schema: SignInPageQuery }) query: z.infer<typeof SignInPageQuery>): Promise<HttpReply> {
    return this.pages.show('sign-in', query);
  }

  @Post('sign-in')
  @HttpCode(200)
  @AcceptsForm()
  @RendersPage()
  @DescribeRoute({ tag: TAG, summary: 'The form of the sign-in page', hidden: true })
  signIn(@Body({ schema: SignInForm }) form: SignInFields, @Req() request: GuardedRequest): Promise<HttpReply> {
    return this.pages.signIn(form, callerOf(request));
  }

  @Get('sign-up')
  @RendersPage()
  @DescribeRoute({ tag: TAG, summary: 'The sign-up page', hidden: true })
  showSignUp(@Query({ schema: SignInPageQuery }) query: z.infer<typeof SignInPageQuery>): Promise<HttpReply> {
    return this.pages.show('sign-up', query);
  }

  @Post('sign-up')
  @HttpCode(200)
  @AcceptsForm()
  @RendersPage()
  @DescribeRoute({ tag: TAG, summary: 'The form of the sign-up page', hidden: true })
  signUp(@Body({ schema: SignUpForm }) form: SignUpFields, @Req() request: GuardedRequest): Promise<HttpReply> {
    return this.pages.signUp(form, callerOf(request));
  }
}
