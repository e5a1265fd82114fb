import { ApolloDriver, type ApolloDriverConfig } from '@nestjs/apollo';
import { GraphQLModule } from '@nestjs/graphql';
import { MercuriusDriver, type MercuriusDriverConfig } from '@nestjs/mercurius';
import type { Adapter } from './adapter.js';

/** What hosts set on GraphQLModule, on either driver. */
export interface GraphqlHostOptions {
  readonly typeDefs: string;
  readonly fieldResolverEnhancers?: ('guards' | 'filters')[];
  readonly context?: object;
  /** True, or what the library takes. */
  readonly subscriptions?: true | object;
}

export interface GraphqlDriver {
  readonly name: string;
  readonly adapter: Adapter;
  module(options: GraphqlHostOptions): object;
}

/** In its development mode, and with batches. */
export const APOLLO: GraphqlDriver = {
  name: 'Apollo',
  adapter: 'express',
  module: ({ subscriptions, ...options }) =>
    GraphQLModule.forRoot<ApolloDriverConfig>({
      driver: ApolloDriver,
      playground: false,
      includeStacktraceInErrorResponses: true,
      allowBatchedHttpRequests: true,
      ...options,
      ...(subscriptions && { subscriptions: { 'graphql-ws': subscriptions } }),
    }),
};

/** By the package @as-integrations/fastify, whose requests are those of Fastify. */
export const APOLLO_ON_FASTIFY: GraphqlDriver = { ...APOLLO, name: 'Apollo on Fastify', adapter: 'fastify' };

export const MERCURIUS: GraphqlDriver = {
  name: 'Mercurius',
  adapter: 'fastify',
  module: ({ subscriptions, context, ...options }) =>
    GraphQLModule.forRoot<MercuriusDriverConfig>({
      driver: MercuriusDriver,
      allowBatchedQueries: true,
      ...options,
      // Its types want a function, Nest's driver takes both.
      ...(context && { context: context as () => Record<string, unknown> }),
      ...(subscriptions && { subscription: subscriptions }),
    }),
};
