import { APOLLO, APOLLO_ON_FASTIFY } from '../support/graphql-drivers.js';
import { describeGraphql } from '../support/graphql-suite.js';

describe.each([APOLLO, APOLLO_ON_FASTIFY])('F30: GraphQL on $name', (driver) => describeGraphql(driver));
